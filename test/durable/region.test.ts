import { describe, expect, it } from 'vitest'
import { above, REGIONS, regionIn, regionOf, shardOf, trackerName } from '../../src/durable/region'

type Place = NonNullable<Request['cf']>

/** Only what Cloudflare says of the place. */
function from(continent: string | undefined, longitude?: string) {
  const place: unknown = { continent, longitude }
  return regionOf(Object.assign(new Request('https://router.example'), { cf: place as Place }))
}

describe('the region of a request', () => {
  it.each([
    ['San Francisco', 'NA', '-122.4', 'wnam'],
    ['Denver', 'NA', '-105.0', 'wnam'],
    ['Dallas', 'NA', '-96.8', 'enam'],
    ['New York', 'NA', '-74.0', 'enam'],
    ['São Paulo', 'SA', '-46.6', 'sam'],
    ['Lisbon', 'EU', '-9.1', 'weur'],
    ['Berlin', 'EU', '13.4', 'weur'],
    ['Warsaw', 'EU', '21.0', 'eeur'],
    ['Lagos', 'AF', '3.4', 'afr'],
    ['Sydney', 'OC', '151.2', 'oc'],
    ['Dubai', 'AS', '55.3', 'me'],
    ['Mumbai', 'AS', '72.9', 'apac'],
    ['Tokyo', 'AS', '139.7', 'apac'],
    ['a station in Antarctica', 'AN', '0', 'enam'],
    ['a Tor exit, which has no place', 'T1', undefined, 'enam'],
    ['nowhere', undefined, undefined, 'enam'],
    ['somewhere in North America', 'NA', undefined, 'enam'],
    ['somewhere in Europe', 'EU', undefined, 'weur'],
    ['somewhere in Asia', 'AS', 'unknown', 'apac'],
  ])('from %s is known by its continent and longitude', (_, continent, longitude, region) => {
    expect(from(continent, longitude)).toBe(region)
    expect(REGIONS).toContain(region)
  })

  it('is that of most users where nothing is said of the place, as outside of Cloudflare', () => {
    expect(regionOf(new Request('https://router.example'))).toBe('enam')
  })
})

describe('the name of a tracker', () => {
  it('leads to its region, from the shards to the head, from the heads to the fleet’s', () => {
    for (const region of REGIONS) {
      expect(regionIn(trackerName(region, 3))).toBe(region)
      expect(above(trackerName(region, 3))).toBe(trackerName(region, 0))
      expect(above(trackerName(region, 0))).toBe('fleet')
    }
    expect(above('fleet')).toBeUndefined()
    expect(regionIn('fleet')).toBeUndefined()
  })

  it('spreads isolates evenly over the shards, and leaves each where it is', () => {
    const counts = [0, 0, 0, 0]
    const isolates = Array.from({ length: 4_000 }, (_, index) => `isolate-${index}`)
    for (const isolate of isolates) counts[shardOf(isolate, 4)] = (counts[shardOf(isolate, 4)] ?? 0) + 1
    // Five deviations of a binomial count
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(5 * Math.sqrt(4_000 * 0.25 * 0.75))
    expect(shardOf('isolate-1', 1)).toBe(0)
  })
})
