import { expect, test } from 'vitest'
import { renderMrkdwn } from '../../../demo/slack/page/mrkdwn.ts'
import { changes } from '../../../demo/slack/state/changes.ts'
import { defaultChannels, defaultUsers, directory } from '../../../demo/slack/state/directory.ts'
import { defaultTeam } from '../../../demo/slack/state/team.ts'

const known = directory({
  team: defaultTeam,
  users: defaultUsers,
  channels: defaultChannels,
  userGroups: [{ id: 'S0A', handle: 'approvers', name: 'Approvers', users: [] }],
  changes: changes(),
})
const shown = (text: string) => renderMrkdwn(text, known).html

test.each([
  ['*bold* _italic_ ~gone~', '<strong>bold</strong> <em>italic</em> <s>gone</s>'],
  ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
  ['*_both_*', '<strong><em>both</em></strong>'],
  ['`*code* &lt;x&gt;`', '<code>*code* &lt;x&gt;</code>'],
  ['```\nline 1\nline 2\n```', '<pre>line 1\nline 2</pre>'],
  ['one\ntwo', 'one<br>two'],
  ['&gt; quoted\nnot', '<blockquote>quoted</blockquote>not'],
  [':rocket: :no_such_emoji: 10:30:00', '🚀 :no_such_emoji: 10:30:00'],
  [':constructor:', ':constructor:'],
  [
    '<@U0TESTENG1> in <#C0LINE2000>',
    '<span class="mention">@ines</span> in <a class="mention" data-place="C0LINE2000" href="#">#line-2</a>',
  ],
  ['<!here> <!subteam^S0A>', '<span class="mention">@here</span> <span class="mention">@approvers</span>'],
  [
    '<https://x.test/?a=1&amp;b=2|the *run*>',
    '<a href="https://x.test/?a=1&amp;b=2" target="_blank" rel="noopener">the <strong>run</strong></a>',
  ],
  [
    '<!date^1732100000^{date_short}|Nov 20>',
    '<time data-epoch="1732100000" data-format="{date_short}">Nov 20</time>',
  ],
])('%s', (text, html) => {
  expect(shown(text)).toBe(html)
})

test('what people wrote cannot become HTML of the page', () => {
  expect(shown('<script>alert(1)</script> "x" & y')).toBe(
    '&lt;script&gt;alert(1)&lt;/script&gt; &quot;x&quot; &amp; y',
  )
  expect(shown('<javascript:alert(1)|click>')).not.toContain('<a')
  expect(shown('<https://x.test/" onclick="alert(1)|x>')).not.toContain('" onclick')
})
