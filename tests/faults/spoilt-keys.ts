import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '../../apps/api/src/cache/testing/redis-server.js';

/**
 * In so many parts, one after the other: Redis does nothing else while a script runs, and a Redis that stands still for
 * milliseconds is another fault.
 */
const PARTS = 8;

/** Spoils a part of the keys: cut off, one bit flipped, random bytes, nothing, the whole answer of another key, no text at all. */
const SPOIL = `
local turn, part, spoilt, values = tonumber(ARGV[1]), tonumber(ARGV[2]), 0, {}
local keys = {}
for i, key in ipairs(redis.call('KEYS', '*')) do
  if i % ${PARTS} == part and redis.call('TYPE', key).ok == 'string' then
    keys[#keys + 1] = key
    values[#keys] = redis.call('GET', key)
  end
end
local function random(bytes)
  local some = {}
  for i = 1, 64 do some[i] = string.char(math.random(0, 255)) end
  return table.concat(some):rep(bytes / 64 + 1):sub(1, bytes)
end
local function flipped(text)
  local at = math.random(1, #text)
  local byte, bit = text:byte(at), 2 ^ math.random(0, 7)
  local other = math.floor(byte / bit) % 2 == 1 and byte - bit or byte + bit
  return text:sub(1, at - 1) .. string.char(other) .. text:sub(at + 1)
end
for i, key in ipairs(keys) do
  local value, kind = values[i], (i + turn) % 6
  if #value > 0 then
    local other = values[i % #keys + 1]
    if kind == 0 then redis.call('SET', key, value:sub(1, math.random(0, #value - 1)))
    elseif kind == 1 then redis.call('SET', key, flipped(value))
    elseif kind == 2 then redis.call('SET', key, random(#value))
    elseif kind == 3 then redis.call('SET', key, '')
    elseif kind == 4 then redis.call('SET', key, other)
    else redis.call('DEL', key) redis.call('LPUSH', key, value) end
    spoilt = spoilt + 1
  end
end
return spoilt`;

let turn = 0;

/** Spoils all that is under the keys of a Redis within so many milliseconds, each time in another way, and tells how many keys that were. */
export async function spoil(redis: RedisServer, withinMs: number): Promise<number> {
  let spoilt = 0;
  turn++;
  for (let part = 0; part < PARTS; part++) {
    spoilt += Number(await redis.run(['EVAL', SPOIL, '0', String(turn), String(part)]));
    await sleep(withinMs / PARTS);
  }
  return spoilt;
}
