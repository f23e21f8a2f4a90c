import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../views/format/duration.ts'
import { evidence } from '../../views/format/evidence.ts'
import { instantText } from '../../views/format/instant.ts'
import { percent, percentInterval, points, pointsInterval, probability } from '../../views/format/rate.ts'

const plain = (text: string) => text.replaceAll('\u{A0}', ' ').replaceAll('\u{2212}', '-')

describe('rates', () => {
  it('are percent with one digit, and two near the ends where the flaws are', () => {
    expect(plain(percent(0.8833))).toBe('88.3 %')
    expect(plain(percent(0.9998))).toBe('99.98 %')
    expect(plain(percent(0.0036))).toBe('0.36 %')
    expect(plain(percent(1))).toBe('100.0 %')
    expect(plain(percent(0))).toBe('0.0 %')
    expect(percent(null)).toBe('–')
  })

  it('differ in points, always with their sign', () => {
    expect(plain(points(-0.098))).toBe('-9.8 points')
    expect(plain(points(0.0004))).toBe('+0.04 points')
    expect(plain(points(0))).toBe('0.0 points')
    expect(plain(pointsInterval(-0.336, -0.004))).toBe('-33.6 … -0.4')
    expect(pointsInterval(null, 0.1)).toBe('')
  })

  it('have intervals in percent', () => {
    expect(plain(percentInterval(0.778, 0.942))).toBe('77.8–94.2 %')
  })

  it('never claim certainty as a probability', () => {
    expect(plain(probability(1))).toBe('> 99.9 %')
    expect(plain(probability(0))).toBe('< 0.1 %')
    expect(plain(probability(0.998))).toBe('99.8 %')
  })
})

describe('evidence', () => {
  it('is told against its threshold', () => {
    expect(evidence(Math.log(81), Math.log(50))).toBe('81 of 50')
    expect(evidence(Math.log(1.42), Math.log(100))).toBe('1.4 of 100')
  })

  it('stays readable at both extremes', () => {
    expect(evidence(700, Math.log(50))).toBe('over 1,000,000 of 50')
    expect(evidence(-30, Math.log(50))).toBe('under 0.1 of 50')
  })
})

describe('times', () => {
  it('are written in UTC', () => {
    expect(instantText(Date.UTC(2026, 2, 3, 6, 5))).toBe('3 Mar 2026, 06:05 UTC')
  })

  it('last as long as a person would say', () => {
    expect(minutes(45)).toBe('45 min')
    expect(minutes(1440)).toBe('24 h')
    expect(minutes(95)).toBe('1 h 35 min')
    expect(minutes(7 * 1440)).toBe('7 days')
    expect(seconds(42.31)).toBe('42.3 s')
    expect(seconds(130.2)).toBe('2 min 10 s')
  })
})
