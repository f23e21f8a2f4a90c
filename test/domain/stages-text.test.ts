import { describe, expect, it } from 'vitest'
import { parseShare, parseStages } from '../../server/domain/stages-text.ts'

describe('stages as people type them', () => {
  it.each([
    ['10%,50%,100%', [{ share: 0.1 }, { share: 0.5 }, { share: 1 }]],
    ['1, 25%, 50%, 100%', [{ stations: 1 }, { share: 0.25 }, { share: 0.5 }, { share: 1 }]],
    ['1, 25%, 100%', [{ stations: 1 }, { share: 0.25 }, { share: 1 }]],
    ['1 25 % 100 %', [{ stations: 1 }, { share: 0.25 }, { share: 1 }]],
    ['1 station; 2 stations; all', [{ stations: 1 }, { stations: 2 }, { share: 1 }]],
    ['0.5% → 100%', [{ share: 0.005 }, { share: 1 }]],
    ['100%', [{ share: 1 }]],
  ])('%s', (text, stages) => {
    expect(parseStages(text)).toEqual({ stages })
  })

  it.each([
    ['', /separated by commas.*nothing/],
    ['10%, 50%', /last stage to be 100%, got 50 %/],
    ['1, 25%, 100', /100 means 100 stations; write 100%/],
    ['50%, 25%, 100%', /larger than the one before: 25 % comes after 50 %/],
    ['3, 2, 100%', /2 stations comes after 3 stations/],
    ['100%, 5, 100%', /5 stations comes after all stations/],
    ['0%, 100%', /more than 0 %/],
    ['140%', /at most 100 %, got 140%/],
    ['0, 100%', /at least 1 station/],
    ['0.25, 100%', /did you mean 25%/],
    ['ten, 100%', /a number of stations or a percentage.*got "ten"/],
    [Array.from({ length: 21 }, (_, index) => `${index + 1}%`).join(','), /at most 20 stages, got 21/],
  ])('%s is refused with what was expected', (text, says) => {
    expect(parseStages(text)).toEqual({ error: expect.stringMatching(says) })
  })
})

describe('a share as set takes it', () => {
  it('is a fraction', () => {
    expect(parseShare('50%')).toEqual({ share: 0.5 })
    expect(parseShare('12.5 %')).toEqual({ share: 0.125 })
  })

  it.each([
    ['0%', /more than 0 %.*abort/],
    ['140%', /at most 100 %/],
    ['−5%', /more than 0 %/],
    ['0.5', /percentage such as 50%, got "0.5"/],
    ['', /percentage/],
  ])('%s is refused', (text, says) => {
    expect(parseShare(text)).toEqual({ error: expect.stringMatching(says) })
  })
})
