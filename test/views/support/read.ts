// The text of a page as a reader sees it, spaces and minus signs made plain.

export function read(document: string): string {
  return document
    .replaceAll(/<(?:script|style)[^>]*>.*?<\/(?:script|style)>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replaceAll('\u{2212}', '-')
    .replaceAll(/\s+/g, ' ')
}
