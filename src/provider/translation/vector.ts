/** A vector as it travels: as numbers, or as base64 of little-endian 32-bit floats, which is a third of the size. */
import { type Failure, fail } from '../../outcome'

const FLOAT_BYTES = 4
/** Arguments of one call, far below what any engine takes. */
const BLOCK_BYTES = 8 * 1024

export function toBase64(vector: readonly number[]): string {
  const bytes = new Uint8Array(vector.length * FLOAT_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [at, value] of vector.entries()) view.setFloat32(at * FLOAT_BYTES, value, true)
  let binary = ''
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) binary += String.fromCharCode(...bytes.subarray(at, at + BLOCK_BYTES))
  return btoa(binary)
}

/** How many numbers it has, in either form; undefined where it is no vector. */
export function dimensionsOf(embedding: unknown): number | undefined {
  if (typeof embedding === 'string') {
    const bytes = (embedding.length / 4) * 3 - (/={0,2}$/.exec(embedding)?.[0].length ?? 0)
    return bytes > 0 && bytes % FLOAT_BYTES === 0 ? bytes / FLOAT_BYTES : undefined
  }
  return isVector(embedding) ? embedding.length : undefined
}

export const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'number' && Number.isFinite(item))

/** Scaled to length 1. The zero vector has no direction and stays. */
export function unit(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map(value => value / length)
}

export const malformed = (detail: string): { readonly ok: false; readonly failure: Failure } =>
  fail({ kind: 'malformed', detail })

/** Some upstreams ignore what length was asked for. Such vectors fit no index of the others, and nothing would tell. */
export function wrongLength(asked: number, found: number): { readonly ok: false; readonly failure: Failure } {
  const detail = `This model gives vectors of ${found} numbers where ${asked} were asked for.`
  return fail({ kind: 'unsupported', field: 'dimensions', detail })
}
