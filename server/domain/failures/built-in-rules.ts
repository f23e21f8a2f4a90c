// The rules that hold where nobody's own does: what instruments, fixtures, networks and scripts say when they fail.
import { failureRules, type HeldRule } from './failure-rule.ts'

const fixture = 'Check the fixture: seating, lid, pins and cables; clean or change what is worn.'
const instrument = 'Check the instrument: power, cable, address, and what its own display says.'
const network = 'Check the network and the service that did not answer.'
const script = 'Look at the log of the run: the test program itself failed.'
const limits = 'Compare the measurement with base: the unit, the limit or the build has changed.'

/**
 * A measurement beyond its limits is that, whatever it is called; a phase that checks the fixture is about the fixture
 * all the same. An exception is the script's only when its words name nothing else.
 */
const given = [
  {
    category: 'fixture',
    name: 'phase that checks the fixture',
    field: 'phase',
    contains: ['fixture', 'contact', 'pogo', 'probe', 'seating', 'interlock', 'unit_present', 'dut_present'],
    action: fixture,
  },
  {
    category: 'limits',
    name: 'measurement out of limits',
    field: 'text',
    pattern: ['measurement * out of limits (*', 'measurement * out of limits', 'measurement * failed, got *'],
    action: limits,
  },
  {
    category: 'fixture',
    name: 'fixture, contact',
    contains: [
      ...['fixture', 'pogo', 'bed of nails', 'test head', 'needle', 'not seated', 'interlock', 'pneumatic'],
      ...[
        'no contact',
        'contact lost',
        'lost contact',
        'contact fail',
        'contact check',
        'contact resistance',
      ],
      ...['lid open', 'lid is open', 'door open', 'dut not present'],
    ],
    action: fixture,
  },
  {
    category: 'fixture',
    name: 'contact, unit missing',
    contains: [
      ...['poor contact', 'bad contact', 'contact error', 'open contact', 'contact on', 'contact at'],
      ...['dut not detected', 'no dut', 'unit not present', 'unit not detected', 'no vacuum', 'clamp open'],
    ],
    action: fixture,
  },
  {
    category: 'instrument',
    name: 'VISA, SCPI, GPIB',
    contains: [
      ...['visa', 'vi_error', 'scpi', 'gpib', '::instr', '::socket', 'tcpip0', 'tcpip::', 'usbtmc'],
      ...['undefined header', 'query interrupted', 'query unterminated', 'query error', 'settings conflict'],
    ],
    action: instrument,
  },
  {
    category: 'instrument',
    name: 'instruments by name',
    contains: [
      ...['dmm', 'multimeter', 'oscilloscope', 'power supply', 'electronic load', 'daqmx', 'labjack'],
      ...['analyzer', 'analyser', 'signal generator', 'instrument', 'calibration expired', 'calibration due'],
    ],
    action: instrument,
  },
  {
    category: 'instrument',
    name: 'serial port, programmer',
    contains: [
      ...['serialexception', 'serialtimeout', 'could not open port', 'serial port', '/dev/tty', 'com port'],
      ...['j-link', 'jlink', 'st-link', 'stlink', 'openocd', 'cmsis-dap', 'debug probe', 'programmer'],
      ...['no such device', 'device not found', 'device disconnected', 'usb'],
    ],
    action: instrument,
  },
  {
    category: 'network',
    name: 'connection',
    contains: [
      ...['connection refused', 'connection reset', 'connection aborted', 'connection closed'],
      ...['connectionerror', 'connectionrefused', 'connectionreset', 'connecttimeout', 'readtimeout'],
      ...[
        'no route to host',
        'network is unreachable',
        'host is down',
        'broken pipe',
        'max retries exceeded',
      ],
      ...['getaddrinfo', 'name resolution', 'name or service not known', 'econnre', 'etimedout'],
    ],
    action: network,
  },
  {
    category: 'network',
    name: 'web service',
    contains: [
      ...[
        'http',
        'urlopen',
        'sslerror',
        'certificate',
        'bad gateway',
        'service unavailable',
        'gateway timeout',
      ],
      ...['mqtt', 'database is locked', 'dns', 'proxy', 'read timed out', 'network', 'wlan', 'ethernet'],
    ],
    action: network,
  },
  { category: 'fixture', name: 'probe', contains: ['probe'], action: fixture },
  {
    category: 'script',
    name: 'phase beyond its time',
    pattern: ['*phase * hit its timeout*'],
    action: 'Look at what the phase waited for, and whether its time limit is still right.',
  },
  {
    category: 'script',
    name: 'fault in the program',
    contains: [
      ...['keyerror', 'attributeerror', 'typeerror', 'nameerror', 'indexerror', 'valueerror', 'zerodivision'],
      ...[
        'importerror',
        'modulenotfound',
        'syntaxerror',
        'indentationerror',
        'unicodedecode',
        'unboundlocal',
      ],
      ...['filenotfound', 'no such file', 'notimplemented', 'permissionerror', 'memoryerror'],
    ],
    action: script,
  },
  {
    category: 'instrument',
    name: 'no answer',
    contains: [
      'timeout',
      'timed out',
      'time out',
      'not responding',
      'no response',
      'did not respond',
      'no answer',
    ],
    action: instrument,
  },
  {
    category: 'limits',
    name: 'limits in words',
    contains: [
      ...['out of limit', 'out of range', 'out of tolerance', 'out of spec', 'above limit', 'below limit'],
      ...['limit exceeded', 'exceeds', 'too high', 'too low', 'assertionerror', 'expected value'],
    ],
    action: limits,
  },
  { category: 'script', name: 'exception', field: 'code', pattern: ['*error', '*exception'], action: script },
  {
    category: 'script',
    name: 'traceback',
    contains: ['traceback', 'exception', 'stack trace'],
    action: script,
  },
  /** "phase / measurement": a failed measurement of which nothing else was said. */
  { category: 'limits', name: 'failed measurement', field: 'mode', pattern: ['* / *'], action: limits },
]

export const builtInRules: HeldRule[] = failureRules
  .parse(given)
  .map((rule) => ({ ...rule, from: 'built in' }))
