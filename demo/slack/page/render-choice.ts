// Elements one chooses from: native selects, lists of boxes, and a search box that asks the app.
import type { Element } from '../blocks/element.ts'
import type { Option } from '../blocks/text-object.ts'
import { attributes, type Html, html } from './html.ts'
import { renderText } from './mrkdwn.ts'
import type { Control } from './render-element.ts'
import type { Scene } from './scene.ts'

type Choice = { value: string; text: string }
type Group = { label?: string; choices: Choice[] }

export function renderMenu(element: Element, control: Control, scene: Scene): Html {
  const groups = groupsOf(element, scene)
  const chosen = chosenValues(control)
  const placeholder = 'placeholder' in element ? (element.placeholder?.text ?? 'Choose…') : 'Choose…'
  const several = element.type.startsWith('multi_')
  if (several) return renderSeveral(groups, chosen, placeholder, control)
  const option = ({ value, text }: Choice) =>
    html`<option value="${value}" ${chosen.includes(value) ? html`selected` : ''}>${text}</option>`
  const options = groups.map((group) =>
    group.label
      ? html`<optgroup label="${group.label}">${group.choices.map(option)}</optgroup>`
      : group.choices.map(option),
  )
  return html`<select data-entry ${nameOf(control, placeholder)}><option value="">${placeholder}</option>${options}</select>`
}

function renderSeveral(groups: Group[], chosen: string[], placeholder: string, control: Control): Html {
  const all = groups.flatMap((group) => group.choices)
  const texts = all.filter(({ value }) => chosen.includes(value)).map(({ text }) => text)
  const box = ({ value, text }: Choice) => html`<label><input type="checkbox" data-entry value="${value}"
    ${chosen.includes(value) ? html`checked` : ''}> ${text}</label>`
  return html`<details class="several"><summary aria-label="${control.label ?? placeholder}">${texts.join(', ') || placeholder}</summary>
    <fieldset>${groups.map((group) => [group.label ? html`<b>${group.label}</b>` : '', group.choices.map(box)])}</fieldset></details>`
}

export function renderChoices(
  element: Extract<Element, { type: 'radio_buttons' | 'checkboxes' }>,
  control: Control,
  scene: Scene,
): Html {
  const type = element.type === 'checkboxes' ? 'checkbox' : 'radio'
  const chosen = chosenValues(control)
  const group = `${control.blockId}-${element.action_id}`
  const box = (
    option: Option,
  ) => html`<label><input type="${type}" name="${group}" data-entry value="${option.value}"
    ${chosen.includes(option.value) ? html`checked` : ''}> <span>${renderText(option.text, scene.directory)}
    ${option.description ? html`<small>${renderText(option.description, scene.directory)}</small>` : ''}</span></label>`
  return html`<fieldset role="${type === 'radio' ? 'radiogroup' : 'group'}" aria-label="${control.label}">${element.options.map(box)}</fieldset>`
}

export function renderSearch(
  element: Extract<Element, { type: 'external_select' | 'multi_external_select' }>,
  control: Control,
): Html {
  const several = element.type === 'multi_external_select'
  const placeholder = element.placeholder?.text ?? 'Search…'
  const chip = (option: Option) => html`<span class="chip" data-chosen="${option.value}">${option.text.text}
    <button type="button" data-drop aria-label="Remove ${option.text.text}">×</button></span>`
  return html`<div class="search" data-several="${String(several)}" data-min="${element.min_query_length ?? 3}">
    <span class="chips">${chosenOptions(control).map(chip)}</span>
    <input type="text" role="combobox" aria-expanded="false" aria-autocomplete="list" autocomplete="off"
      placeholder="${placeholder}" ${nameOf(control, placeholder)}>
    <ul role="listbox" aria-label="${control.label ?? placeholder}" hidden></ul></div>`
}

/** A label element names a control by its id; a control without one needs its own name. */
function nameOf(control: Control, placeholder: string): Html {
  return attributes({
    id: control.inputId,
    'aria-label': control.inputId ? undefined : (control.label ?? placeholder),
    'aria-describedby': control.describedBy,
    'aria-required': control.required ? 'true' : undefined,
  })
}

function groupsOf(element: Element, scene: Scene): Group[] {
  const choice = (option: Option) => ({ value: option.value, text: option.text.text })
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return element.option_groups
        ? element.option_groups.map((group) => ({
            label: group.label.text,
            choices: group.options.map(choice),
          }))
        : [{ choices: (element.options ?? []).map(choice) }]
    case 'users_select':
    case 'multi_users_select':
      return [
        {
          choices: scene.directory
            .people()
            .filter((one) => !one.deleted)
            .map(({ id, realName }) => ({ value: id, text: realName })),
        },
      ]
    case 'channels_select':
    case 'multi_channels_select':
      return [{ choices: scene.directory.channels().filter(isPublic).map(channelChoice) }]
    default:
      return conversationGroups(element, scene)
  }
}

type Place = { id: string; name: string; isPrivate?: boolean; isArchived?: boolean }

function isPublic(channel: Place): boolean {
  return !channel.isPrivate && !channel.isArchived
}

function channelChoice({ id, name, isPrivate }: Place): Choice {
  return { value: id, text: `${isPrivate ? '🔒 ' : '#'}${name}` }
}

/** What the reader is in, narrowed by the element's own filter. */
function conversationGroups(element: Element, { directory, user }: Scene): Group[] {
  const filter = 'filter' in element ? element.filter : undefined
  const takes = (kind: 'public' | 'private' | 'im') => filter?.include?.includes(kind) ?? true
  const channels = directory
    .channels()
    .filter((one) => directory.isMember(user, one) && !one.isArchived)
    .filter((one) => takes(one.isPrivate ? 'private' : 'public'))
    .filter((one) => !(filter?.exclude_external_shared_channels && one.isExtShared))
  const people = takes('im') ? directory.people().filter((one) => !one.deleted && one.id !== user) : []
  const person = ({ id, realName }: { id: string; realName: string }) => ({
    value: directory.directMessage(id).id,
    text: realName,
  })
  const all = [
    { label: 'Channels', choices: channels.map(channelChoice) },
    { label: 'Direct messages', choices: people.map(person) },
  ].filter((group) => group.choices.length > 0)
  return all
}

function chosenOptions(control: Control): Option[] {
  const one = control.value?.selected_option
  const several = control.value?.selected_options
  return (Array.isArray(several) ? several : one ? [one] : []) as Option[]
}

function chosenValues(control: Control): string[] {
  const { type: _type, ...rest } = control.value ?? { type: '' }
  const ids = Object.values(rest)
    .flat()
    .filter((one) => typeof one === 'string')
  return [...ids, ...chosenOptions(control).map((option) => option.value)]
}
