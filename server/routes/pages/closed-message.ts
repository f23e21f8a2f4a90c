// What a page that stays closed says: what happened, and what opens it.
import type { LinkFault } from '../../page-links.ts'

/** @param fault null: there was no key at all. */
export function closedMessage(fault: LinkFault | null): { title: string; lines: string[] } {
  switch (fault) {
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
