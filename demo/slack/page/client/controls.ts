// Reads what a person entered into the controls, and puts it back after a redraw.

export type Entry = string | string[] | null

export function entryOf(control: HTMLElement): Entry {
  const type = control.dataset.control ?? ''
  if (type.endsWith('external_select')) {
    const chosen = [...control.querySelectorAll<HTMLElement>('[data-chosen]')].map(
      (chip) => chip.dataset.chosen ?? '',
    )
    return type.startsWith('multi_') ? chosen : (chosen[0] ?? null)
  }
  const entries = [...control.querySelectorAll<HTMLInputElement>('[data-entry]')]
  const boxes = entries.filter((entry) => entry.type === 'checkbox' || entry.type === 'radio')
  if (boxes.length > 0) {
    const checked = boxes.filter((box) => box.checked).map((box) => box.value)
    return type === 'radio_buttons' ? (checked[0] ?? null) : checked
  }
  const value = entries[0]?.value ?? ''
  if (value === '') return null
  return type === 'datetimepicker' ? String(Math.floor(new Date(value).getTime() / 1000)) : value
}

export function enteredValues(root: ParentNode): Record<string, Record<string, Entry>> {
  const values: Record<string, Record<string, Entry>> = {}
  for (const control of root.querySelectorAll<HTMLElement>('[data-control]')) {
    const { block = '', action = '' } = control.dataset
    values[block] = { ...values[block], [action]: entryOf(control) }
  }
  return values
}

/** A redraw of the same view must not lose what was typed since, nor the place one types at. */
export function keepEntries(before: ParentNode, after: ParentNode): void {
  for (const control of before.querySelectorAll<HTMLElement>('[data-control]')) {
    const { block, action, control: type } = control.dataset
    const same = after.querySelector<HTMLElement>(
      `[data-control="${type}"][data-block="${CSS.escape(block ?? '')}"][data-action="${CSS.escape(action ?? '')}"]`,
    )
    if (same) copyEntries(control, same)
  }
}

function copyEntries(from: HTMLElement, to: HTMLElement): void {
  const chips = from.querySelector('.chips')
  const place = to.querySelector('.chips')
  if (chips && place) place.innerHTML = chips.innerHTML
  const targets = [...to.querySelectorAll<HTMLInputElement>('[data-entry], [role=combobox]')]
  for (const source of from.querySelectorAll<HTMLInputElement>('[data-entry], [role=combobox]')) {
    const isBox = source.type === 'checkbox' || source.type === 'radio'
    const target = isBox ? targets.find((one) => one.value === source.value) : targets[0]
    if (!target) continue
    if (isBox) target.checked = source.checked
    else target.value = source.value
  }
}
