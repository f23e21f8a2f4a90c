// Asks before an action that the app wants confirmed.

type Words = { title: string; text: string; confirm: string; deny: string; style: string }

export function confirmed(acting: HTMLElement): Promise<boolean> {
  const words: Words | undefined = acting.dataset.confirm ? JSON.parse(acting.dataset.confirm) : undefined
  const dialog = document.querySelector<HTMLDialogElement>('#confirm')
  if (!words || !dialog) return Promise.resolve(true)
  const title = document.createElement('h2')
  title.id = 'confirm-title'
  title.textContent = words.title
  const text = document.createElement('div')
  // Rendered by our own server from the app's text.
  text.innerHTML = words.text
  const buttons = document.createElement('footer')
  const answer = (value: string, label: string, style: string) => {
    const button = document.createElement('button')
    button.className = `button ${style}`
    button.textContent = label
    button.addEventListener('click', () => dialog.close(value))
    buttons.append(button)
  }
  answer('no', words.deny, '')
  answer('yes', words.confirm, words.style || 'primary')
  dialog.replaceChildren(title, text, buttons)
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }),
  )
}
