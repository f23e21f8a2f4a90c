// How an installation can end, each in words for the person who sees it.
import { type Installation, ErrorCode as OAuthError } from '@slack/oauth'
import { WebAPIPlatformError } from '@slack/web-api'
import type { InstallPage } from './install-pages.ts'

const again = { url: '/slack/install', label: 'Start again' }

export type Installable = { id: string; name: string }

/** The workspace to keep it for; null where there is none or no bot, which `whyRefused` has said by then. */
export function workspaceOf(installation: Installation): Installable | null {
  const { team, bot, isEnterpriseInstall } = installation
  if (isEnterpriseInstall || !team || !bot) return null
  return { id: team.id, name: team.name ?? team.id }
}

/** Null when it may be kept. `teams`: those that may install; null for every one. */
export function whyRefused(installation: Installation, teams: string[] | null): InstallPage | null {
  if (installation.isEnterpriseInstall || !installation.team)
    return {
      title: 'Firstpass is installed one workspace at a time',
      paragraphs: [
        'Slack asked to install it for a whole organisation, which Firstpass does not take: rights and channels are those of one workspace.',
        'Nothing was installed. Start again and choose a workspace in the upper right corner of Slack’s page.',
      ],
      link: again,
    }
  const { id, name } = installation.team
  if (teams !== null && !teams.includes(id))
    return {
      title: `Firstpass is not open to ${name ?? id}`,
      paragraphs: [
        `This installation of Firstpass takes certain workspaces only, and ${id} is not one of them. Nothing was installed.`,
        'Whoever runs it can add the workspace to SLACK_TEAMS.',
      ],
    }
  if (!installation.bot)
    return {
      title: 'Slack gave Firstpass no bot',
      paragraphs: [
        'Without its bot it can post nothing, so nothing was installed. Make the app anew from the manifest, then start again.',
      ],
      link: again,
    }
  return null
}

export function installed({ id, name }: Installable, appId: string | undefined): InstallPage {
  return {
    title: `Firstpass is installed in ${name}`,
    paragraphs: [
      'Invite it into the channel of your procedure by writing /invite @Firstpass there.',
      '/rollout help says what it can do, /rollout config where it posts.',
    ],
    link: {
      url: `https://slack.com/app_redirect?team=${encodeURIComponent(id)}${appId ? `&app=${encodeURIComponent(appId)}` : ''}`,
      label: `Open ${name} in Slack`,
    },
  }
}

export function failed(error: Error & { code: string }): InstallPage {
  const nothing = 'Nothing was installed.'
  if (error.code === OAuthError.AuthorizationError)
    return { title: 'The installation was cancelled', paragraphs: [nothing], link: again }
  if (error.code === OAuthError.InvalidStateError || error.code === OAuthError.MissingStateError)
    return {
      title: 'This installation did not begin here',
      paragraphs: [
        'Slack sent this browser back, but it did not begin the installation, or more than ten minutes ago.',
        `${nothing} Start again and finish in the same browser.`,
      ],
      link: again,
    }
  if (error instanceof WebAPIPlatformError)
    return {
      title: 'Slack refused the installation',
      paragraphs: [`Slack said ${error.data.error}. ${advice(error.data.error)} ${nothing}`],
      link: again,
    }
  return {
    title: 'The installation could not be finished',
    paragraphs: [`${nothing} The log of Firstpass says why; try again in a moment.`],
    link: again,
  }
}

function advice(code: string): string {
  if (code === 'invalid_client_id' || code === 'bad_client_secret')
    return 'Check SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.'
  if (code === 'bad_redirect_uri')
    return 'The redirect URL of the app has to be the one of the manifest made for PUBLIC_URL.'
  return 'Start again: what Slack hands over can be used once, within ten minutes.'
}
