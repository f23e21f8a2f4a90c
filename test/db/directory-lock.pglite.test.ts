// One process per data directory.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDirectory } from '../../db/directory-lock.ts'
import { type Child, child } from '../support/child-process.ts'

let directory: string
const children: Child[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'firstpass-lock-'))
})
afterEach(async () => {
  for (const each of children.splice(0)) await each.kill()
  rmSync(directory, { recursive: true, force: true })
})

/** Takes the lock when it is told to, and holds it until it is killed or told to end. */
const taker = (): Child => {
  const made = child(
    `import { lockDirectory } from 'project/db/directory-lock.ts'
     console.log('ready')
     process.stdin.once('data', () => {
       try {
         lockDirectory(process.env.DIRECTORY)
         console.log('it took')
       } catch (error) {
         console.log('it was refused: ' + error.message)
       }
     })`,
    { DIRECTORY: directory },
  )
  children.push(made)
  return made
}
const take = (each: Child) => each.process.stdin?.write('now\n')

test('a second process is refused, and told which one holds the directory', async () => {
  const holder = taker()
  await holder.said('ready')
  take(holder)
  await holder.said('it took')
  expect(() => lockDirectory(directory)).toThrow(
    `${directory} is in use by process ${holder.process.pid}. The embedded database takes one process: stop that one, choose another DATA_DIR, or set DATABASE_URL`,
  )
})

test('the same process is refused a second time, until it has given the lock back', () => {
  const unlock = lockDirectory(directory)
  expect(() => lockDirectory(directory)).toThrow(`process ${process.pid}`)
  unlock()
  lockDirectory(directory)()
  expect(readdirSync(directory)).toEqual(['firstpass.lock.1'])
})

test('the lock of a killed process is taken over', async () => {
  const holder = taker()
  await holder.said('ready')
  take(holder)
  await holder.said('it took')
  await holder.kill()
  expect(existsSync(join(directory, 'firstpass.lock'))).toBe(true)
  lockDirectory(directory)()
})

test('a process that has the number of a dead holder is not taken for it', () => {
  const born = process.platform === 'linux' ? '1' : ''
  writeFileSync(
    join(directory, 'firstpass.lock'),
    JSON.stringify({ pid: process.pid, host: hostname(), born }),
  )
  lockDirectory(directory)()
})

test('a lock of another machine holds: nobody here can ask about it', () => {
  writeFileSync(
    join(directory, 'firstpass.lock'),
    JSON.stringify({ pid: 1, host: 'another-host', born: '1' }),
  )
  expect(() => lockDirectory(directory)).toThrow('process 1 on another-host')
})

test('a lock file cut short, as after a loss of power, is taken over', () => {
  writeFileSync(join(directory, 'firstpass.lock'), '')
  lockDirectory(directory)()
})

test('of many that start together, on a dead lock too, exactly one gets it', {
  timeout: 60_000,
}, async () => {
  for (let round = 0; round < 3; round++) {
    for (const name of readdirSync(directory)) rmSync(join(directory, name))
    writeFileSync(
      join(directory, 'firstpass.lock'),
      JSON.stringify({ pid: 999_999_999, host: hostname(), born: '1' }),
    )
    const starters = [taker(), taker(), taker(), taker()]
    for (const each of starters) await each.said('ready')
    for (const each of starters) take(each)
    const words = await Promise.all(starters.map((each) => each.said('it ')))
    expect(words.filter((word) => word === 'it took')).toHaveLength(1)
    for (const each of children.splice(0)) await each.kill()
  }
})
