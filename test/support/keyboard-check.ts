// Whether Tab reaches everything on a page that can be used, and shows where it is.
import type { Page } from 'playwright-core'

const usable =
  'a[href], button:not([disabled]), input:not([disabled]):not([type="hidden"]), select:not([disabled]), textarea:not([disabled]), summary'

export async function keyboardFaults(page: Page): Promise<string[]> {
  const expected = await numbered(page)
  await page.evaluate(() => document.body.focus())
  const reached = new Set<number>()
  const unseen: string[] = []
  // Some fields have several stops of their own, as a date has its parts.
  for (let presses = 0; presses < expected.length * 8 + 10 && reached.size < expected.length; presses++) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (at === null) continue
    if (!reached.has(at.number) && !at.isShown) unseen.push(at.what)
    reached.add(at.number)
  }
  return [
    ...expected
      .filter(({ number }) => !reached.has(number))
      .map(({ what }) => `the keyboard does not reach ${what}`),
    ...unseen.map((what) => `nothing shows that the keyboard is at ${what}`),
  ]
}

type Stop = { number: number; what: string }

/** Numbers everything that can be seen and used, so that each is known again. */
async function numbered(page: Page): Promise<Stop[]> {
  return page.evaluate(
    (selector) =>
      [...document.querySelectorAll<HTMLElement>(selector)]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }))
        .map((each, number) => {
          each.dataset.stop = String(number)
          return { number, what: `<${each.localName}> ${(each.textContent ?? '').trim().slice(0, 40)}` }
        }),
    usable,
  )
}

async function focused(page: Page): Promise<(Stop & { isShown: boolean }) | null> {
  return page.evaluate(() => {
    const at = document.activeElement
    if (!(at instanceof HTMLElement) || at.dataset.stop === undefined) return null
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at)
    const box = at.getBoundingClientRect()
    const isMarked = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    return {
      number: Number(at.dataset.stop),
      what: `<${at.localName}> ${(at.textContent ?? '').trim().slice(0, 40)}`,
      isShown: isMarked && box.width > 0 && box.right > 0 && box.bottom > 0,
    }
  })
}
