// Takes out of a drawing what only vega's own scripts read: more than half of it, in a page that may weigh 150 kB.

/** The whole drawing is one labelled image: names and roles of its parts would only be read out as noise. */
const unread =
  / (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version)="[^"]*"| opacity="1"| transform="translate\(0,0\)"/g
/** Frames of axes and legends, which have neither fill nor stroke. */
const nothing = /<path (?=[^>]*\bd="(?:|M0,0h[\d.]+v[\d.]+h-?[\d.]+Z)")(?![^>]*\b(?:fill|stroke)=)[^>]*\/>/g
const places = / (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g
const family = / font-family="[^"]*"/g

/** @param svg as vega writes it: text is escaped, so that a tag is what looks like one. */
export function slimSvg(svg: string): string {
  const tags = svg.replace(/<[^>]*>/g, (tag) => tag.replace(unread, '').replace(places, rounded))
  const letters = tags.match(family)?.[0]
  const oneFamily = letters !== undefined && tags.match(family)?.every((each) => each === letters)
  const lettered = oneFamily ? tags.replace(family, '').replace('<svg', `<svg${letters}`) : tags
  return withoutBareGroups(lettered.replace(nothing, '').replace(marks, shared))
}

/** A mark with nothing in it but shapes or words. */
const marks = /<g>((?:<(?:line|path|rect) [^>]*\/>|<text [^>]*>[^<]*<\/text>)+)<\/g>/g
/** What children take over from the group they are in. `opacity` is not: it would be that of all together. */
const inherited =
  / (?:fill|fill-opacity|stroke|stroke-width|stroke-opacity|stroke-dasharray|font-size|font-weight|text-anchor)="[^"]*"/g

/** What all shapes of a mark have alike is said once. */
function shared(group: string, shapes: string): string {
  const each = shapes.match(/<(?:line|path|rect|text) [^>]*>/g) ?? []
  const alike = (each[0]?.match(inherited) ?? []).filter((one) => each.every((tag) => tag.includes(one)))
  if (each.length < 2 || alike.length === 0) return group
  const said = shapes.replace(/<[^>]*>/g, (tag) => alike.reduce((text, one) => text.replace(one, ''), tag))
  return `<g${alike.join('')}>${said}</g>`
}

/** A group that says nothing of what is in it is none. */
function withoutBareGroups(svg: string): string {
  const kept: boolean[] = []
  return svg.replace(/<\/?g\b[^>]*>/g, (tag) => {
    if (tag.endsWith('/>')) return ''
    if (tag === '</g>') return kept.pop() ? tag : ''
    kept.push(tag !== '<g>')
    return tag === '<g>' ? '' : tag
  })
}

/** A tenth of a pixel is seen by nobody. */
function rounded(attribute: string): string {
  return attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))))
}
