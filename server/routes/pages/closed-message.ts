// What a page that stays closed says: what happened, and what opens it.
import type { Message } from '../../../views/message-page.ts'
import type { LinkFault } from '../../page-links.ts'

/** Null: there was no key at all. `everything`: nor could one have helped, on a page that is no rollout's. */
type Why = LinkFault | 'everything' | null

/** @param signIn address of the way in; null where Sign in with Slack is not set up. */
export function closedMessage(why: Why, signIn: string | null): Message {
  const message = happened(why)
  return signIn === null ? message : { ...message, action: { label: 'Sign in with Slack', url: signIn } }
}

function happened(why: Why): Message {
  switch (why) {
    case 'everything':
      return {
        title: 'This page is for people who work here',
        lines: [
          'It opens for who signed in with Slack. A link from Slack opens the page of its one rollout.',
          'Sign in, or ask whoever runs Firstpass how it is set up.',
        ],
      }
    case null:
      return {
        title: 'This page is closed',
        lines: ['This address alone does not open it: the link on a rollout’s card does.', fromSlack],
      }
    case 'expired':
      return {
        title: 'This link has expired',
        lines: ['Links from Slack open the page of their rollout for one to two weeks.', fromSlack],
      }
    case 'formerly made':
      return {
        title: 'This link is too old',
        lines: ['It was made before links to pages expired, and opens nothing any more.', fromSlack],
      }
    case 'not its key':
      return {
        title: 'This link does not open the page',
        lines: [
          'Its key is not one of this rollout: it was changed on the way, cut short, or belongs to another.',
          fromSlack,
        ],
      }
  }
}

const fromSlack =
  'Open the page from Slack: with the button of the newest card, or the link that “/rollout status” gives you.'
