// The list of where one can look: workspaces, channels with what is unread, the app.
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import type { Looking } from './render-parts.ts'

export function renderPlaces({ user, place }: Looking, world: World): Html {
  const { directory, team } = world
  const link = (id: string, text: string) => {
    const { messages, mentions } = world.readMarks.unread(user, id)
    const badge =
      mentions > 0 ? html` <span class="badge" aria-label="${mentions} for you">${mentions}</span>` : ''
    return html`<a href="#" data-place="${id}" class="${messages > 0 ? 'unread' : ''}"
      ${id === place ? html`aria-current="page"` : ''}>${text}${badge}</a>`
  }
  const mine = directory.channels().filter((one) => directory.isMember(user, one))
  const channels = mine.map((one) => link(one.id, `${signOf(one)} ${one.name}`))
  const app = world.isInstalled()
    ? [link(directory.directMessage(user).id, team.appName), link('home', `${team.appName} Home`)]
    : html`<p class="none">${team.appName} is not installed here.</p>`
  return html`<h2>Channels</h2>${channels}<h2>Apps</h2>${app}`
}

export function renderHeading({ place, user }: Looking, { directory, team }: World): Html {
  if (place === 'home') return html`<h1>${team.appName}</h1><p>Home</p>`
  if (place === directory.directMessage(user).id) return html`<h1>${team.appName}</h1><p>Direct messages</p>`
  const found = directory.conversation(place)
  if (!found) return html`<h1>There is no such channel</h1>`
  const notes = [
    found.isArchived ? 'archived' : '',
    found.isExtShared ? 'shared with another organisation' : '',
    found.appIsMember === false ? `${team.appName} is not in this channel` : '',
    found.topic ?? '',
  ].filter(Boolean)
  return html`<h1>${signOf(found)} ${found.name}</h1><p>${notes.join(' · ')}</p>`
}

function signOf(place: { isPrivate?: boolean; isArchived?: boolean }): string {
  if (place.isArchived) return '🗄'
  return place.isPrivate ? '🔒' : '#'
}
