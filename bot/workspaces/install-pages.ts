// The pages of an installation: plain HTML, readable on a phone, in words for the person who installs.

export type InstallPage = { title: string; paragraphs: string[]; link?: { url: string; label: string } }

export function installPage({ title, paragraphs, link }: InstallPage): string {
  const text = paragraphs.map((each) => `<p>${escaped(each)}</p>`).join('\n')
  const onward = link ? `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>` : ''
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>body{font:1.05rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.4rem}a{display:inline-block;padding:.6rem 1rem;border:1px solid #1f3a5f;border-radius:.4rem;color:#1f3a5f}
@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#9ec1ee;border-color:#9ec1ee}}</style></head>
<body><main><h1>${escaped(title)}</h1>
${text}
${onward}</main></body>
</html>
`
}

/** For text and for attributes in double quotes. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
