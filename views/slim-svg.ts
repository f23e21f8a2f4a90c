// Takes out of a drawing what only vega's own scripts read: more than half of it, in a page that may weigh 150 kB.

/** The whole drawing is one labelled image: names and roles of its parts would only be read out as noise. */
const unread = / (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version)="[^"]*"| opacity="1"/g
/** Frames of axes and legends, which have neither fill nor stroke. */
const nothing = /<path (?=[^>]*\bd="(?:|M0,0h[\d.]+v[\d.]+h-?[\d.]+Z)")(?![^>]*\b(?:fill|stroke)=)[^>]*\/>/g
const places = / (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g
const family = / font-family="[^"]*"/g

/** @param svg as vega writes it: text is escaped, so that a tag is what looks like one. */
export function slimSvg(svg: string): string {
  const tags = svg.replace(/<[^>]*>/g, (tag) => tag.replace(unread, '').replace(places, rounded))
  const letters = tags.match(family)?.[0]
  const oneFamily = letters !== undefined && tags.match(family)?.every((each) => each === letters)
  return (oneFamily ? tags.replace(family, '').replace('<svg', `<svg${letters}`) : tags).replace(nothing, '')
}

/** A hundredth of a pixel is seen by nobody. */
function rounded(attribute: string): string {
  return attribute.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
}
