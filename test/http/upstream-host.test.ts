import { describe, expect, it } from 'vitest'
import { refusedUpstream } from '../../src/http/upstream-host'

const ALLOWED = ['api.groq.com', '*.openai.azure.com']
const OWN = 'router.example.com'
const refused = (fields: Record<string, unknown>) => refusedUpstream(fields, { upstreams: ALLOWED, keys: 'CLIENT_KEYS' }, OWN)

describe('a host for a model that is added at run time', () => {
  it.each([
    'https://api.groq.com/openai/v1',
    'https://API.GROQ.COM',
    'https://eu.openai.azure.com/x',
    'https://api.groq.com:443/',
  ])('may be %s, which is allowed by name', baseUrl => {
    expect(refused({ baseUrl })).toBeUndefined()
  })

  it.each([
    'http://api.groq.com',
    'https://api.groq.com:8443',
    'https://user:pass@api.groq.com',
    'https://evil.com',
    'https://api.groq.com.evil.com',
    'https://evilapi.groq.com',
    'https://openai.azure.com',
    'https://evil-openai.azure.com',
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost',
    `https://${OWN}/v1`,
    'https://other.workers.dev',
    'file:///etc/passwd',
    'not a url',
  ])('may not be %s', baseUrl => {
    expect(refused({ baseUrl })?.field).toBe('baseUrl')
  })

  it('is none while the configuration allows none', () => {
    expect(refusedUpstream({ baseUrl: 'https://api.groq.com' }, { upstreams: [], keys: undefined }, OWN)?.message).toContain(
      'access.upstreams',
    )
  })

  it('never gets one of the router’s own secrets', () => {
    expect(refused({ secret: 'ROUTER_ADMIN_KEY' })?.field).toBe('secret')
    expect(refused({ secret: 'CLIENT_KEYS' })?.field).toBe('secret')
    expect(refused({ secret: 'GROQ_API_KEY' })).toBeUndefined()
    const headers = (name: string) => ({ secretHeaders: { 'x-team': 'TEAM', 'x-token': name } })
    expect(refused(headers('ROUTER_ADMIN_KEY'))?.field).toBe('secretHeaders.x-token')
    expect(refused(headers('CLIENT_KEYS'))?.field).toBe('secretHeaders.x-token')
    expect(refused({ credentials: { eu: headers('ROUTER_KEYS') } })?.field).toBe('credentials.eu.secretHeaders.x-token')
    expect(refused(headers('CF_AIG_AUTHORIZATION'))).toBeUndefined()
  })
})
