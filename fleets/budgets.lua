-- One gateway's budgets, in one step; fleets/budgets.py says what they mean. Times are seconds of this server's clock.
-- KEYS: 1 told (hash), 2 slots (sorted set: slot -> when it is free again), 3 line (string), 4 grants (list of slots),
--       5 served (hash: fleet -> when it last had a slot)
-- ARGV: 1 operation, 2 slot, 3 kind, 4 and 5 the burst and day limit known from before ('' when none is),
--       6 most requests a second for now ('' when there is no such cap), then what the operation needs
-- Answers: { 'go' or the cause to wait, seconds to wait, burst, day, left of the day, the line's value }

local SECOND = 1.02     -- how long a request counts, with a little for clocks
local ON_ITS_WAY = 0.5 -- a request has reached the cloud by then, whenever the answer comes
local UNSENT = 3        -- a slot that was taken and not used is free again after that
local GRANTED = 2       -- a slot that was granted and not taken is free again after that
local LINE = 5          -- a line that nobody leads any more is over after that
local RESERVE = 0.1     -- of the day, kept for urgent actions
local READING = 0.5     -- of the day, kept from regular reading
local SPREAD = 0.25     -- what is left of the day below which comfort actions go one by one
-- Then one request finds out what is left of the day.
local NO_NEWS = { urgent = 60, comfort = 900, other = 900, reading = 900 }
local OTHERS_TURN = 5   -- while actions wait, one other request in so many seconds
local SILENT = 20       -- answers without limits, after which there are none

local told, slots, line, grants, served = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local operation, slot, kind = ARGV[1], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000

local function put(...)
  redis.call('HSET', told, ...)
  redis.call('EXPIRE', told, 172800)
end

local is_new = redis.call('EXISTS', told) == 0
if is_new then
  -- Nobody knows what was sent in the last second: it is waited out where that matters.
  local paused = (tonumber(ARGV[4]) or 0) > 0 and now + SECOND + ON_ITS_WAY or 0
  put('born', now, 'paused', paused)
end

local fields = redis.call('HMGET', told, 'burst', 'day', 'left', 'left_at', 'paused', 'spread_at', 'others_at')
local burst = tonumber(fields[1] or '') or tonumber(ARGV[4])
local day = tonumber(fields[2] or '') or tonumber(ARGV[5])
local left = tonumber(fields[3] or '')
local left_at = tonumber(fields[4] or '') or 0
local paused = tonumber(fields[5] or '') or 0
local spread_at = tonumber(fields[6] or '') or 0
local others_at = tonumber(fields[7] or '') or 0

-- Requests a second for now; nil: as many as wanted. While nobody knows the limit one request at a time finds out.
local limit = burst or 1
if limit == 0 then limit = nil end
local cap = tonumber(ARGV[6])
if cap and (not limit or cap < limit) then limit = cap end

redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)

local function free()
  return limit and limit - redis.call('ZCARD', slots) or math.huge
end

local function first_free_at()
  local first = redis.call('ZRANGE', slots, 0, 0, 'WITHSCORES')
  return first[2] and tonumber(first[2]) or now, first[1]
end

local function occupy(id, until_)
  redis.call('ZADD', slots, until_, id)
  redis.call('EXPIRE', slots, 60)
end

local function answer(verdict, wait)
  local unknown = ''
  return { verdict, tostring(wait or 0), tostring(burst or unknown), tostring(day or unknown),
    tostring(left or unknown), redis.call('GET', line) or unknown }
end

-- Why nothing of this kind may be sent whoever's turn it is, and for how long; nil when it may.
local function why_not()
  if paused > now then return 'pause', paused - now end
  if not day or day == 0 or not left then return nil end
  local news_in = left_at + NO_NEWS[kind] - now
  if kind == 'urgent' then
    if left <= 0 and news_in > 0 then return 'day', news_in end
  elseif left <= day * (kind == 'reading' and READING or RESERVE) then
    if news_in > 0 then return 'day', news_in end
  elseif left <= day * SPREAD and spread_at + 86400 / day > now then
    return 'spread', spread_at + 86400 / day - now
  end
end

-- Count a request against the day.
local function spend()
  if not left or not day or day == 0 then return end
  local is_probe = left <= (kind == 'urgent' and 0 or day * (kind == 'reading' and READING or RESERVE))
  put('left', math.max(left - 1, 0))
  if is_probe then put('left_at', now) end
  if kind ~= 'urgent' and left <= day * SPREAD then put('spread_at', now) end
end

local operations = {}

-- A slot for an action that is about to be sent. ARGV 7: a slot that is given back unused, or ''.
function operations.take()
  if ARGV[7] ~= '' then redis.call('ZREM', slots, ARGV[7]) end
  local granted = redis.call('LPOP', grants)
  while granted do
    if redis.call('ZREM', slots, granted) == 1 then
      occupy(slot, now + UNSENT)
      return answer('go')
    end
    granted = redis.call('LPOP', grants)
  end
  local cause, wait = why_not()
  if not cause and limit and (redis.call('EXISTS', line) == 1 or free() < 1) then
    cause, wait = 'line', math.max(first_free_at() - now, 0)
  end
  if cause then
    redis.call('SET', line, '', 'NX', 'EX', LINE)
    return answer(cause, wait)
  end
  occupy(slot, now + UNSENT)
  spend()
  return answer('go')
end

-- A slot for whoever of the kind and fleet takes it first. ARGV 7: the fleet.
function operations.grant()
  local cause, wait = why_not()
  if not cause and free() < 1 then
    cause, wait = 'line', math.max(first_free_at() - now, 0)
  end
  if cause then return answer(cause, wait) end
  occupy(slot, now + GRANTED)
  redis.call('RPUSH', grants, slot)
  redis.call('EXPIRE', grants, GRANTED)
  redis.call('HSET', served, ARGV[7], now)
  redis.call('EXPIRE', served, 3600)
  spend()
  return answer('go')
end

-- A slot for anything but sending an action, perhaps one that is free only after the wait. It never leaves none, and
-- regular reading leaves half of them, and all of them while actions wait.
function operations.spare()
  local cause, wait = why_not()
  if cause then return answer(cause, wait) end
  wait = 0
  if kind == 'reading' then
    if redis.call('EXISTS', line) == 1 then return answer('line', LINE) end
    if limit and free() <= limit / 2 then return answer('line', math.max(first_free_at() - now, 0.01)) end
  end
  if limit and redis.call('EXISTS', line) == 1 then
    if others_at + OTHERS_TURN > now then return answer('line', others_at + OTHERS_TURN - now) end
    if free() < 1 then
      local at, occupant = first_free_at()
      wait = at - now
      if wait > SECOND + ON_ITS_WAY then return answer('line', wait) end
      redis.call('ZREM', slots, occupant)
    end
    put('others_at', now)
  elseif limit and free() < math.min(2, limit) then
    return answer('line', math.max(first_free_at() - now, 0.01))
  end
  occupy(slot, now + wait + UNSENT)
  spend()
  return answer('go', wait)
end

-- The request of the slot goes out now.
function operations.sent()
  occupy(slot, now + SECOND + ON_ITS_WAY)
  return answer('go')
end

-- The answer is there, or surely none. ARGV 7: seconds since it was sent, 8 to 10: limits of burst and day and what is
-- left of the day as the answer tells them, 11: seconds to wait as it tells, 12: '1' for an answer of the cloud itself.
function operations.answered()
  local took = tonumber(ARGV[7])
  local free_at = now - took + math.min(took, ON_ITS_WAY) + SECOND
  if free_at > now and tonumber(redis.call('ZSCORE', slots, slot) or math.huge) > free_at then
    occupy(slot, free_at)
  end
  if ARGV[8] ~= '' or ARGV[9] ~= '' then
    burst, day = tonumber(ARGV[8]) or 0, tonumber(ARGV[9]) or 0
    put('burst', burst, 'day', day, 'silent', 0)
    if is_new then paused = now + SECOND + ON_ITS_WAY; put('paused', paused) end
  elseif ARGV[12] == '1' then
    local forgets = burst and burst + (day or 0) > 0 and redis.call('HINCRBY', told, 'silent', 1) >= SILENT
    if not burst or forgets then
      burst, day = 0, 0
      put('burst', 0, 'day', 0)
    end
  elseif not burst then
    redis.call('ZREM', slots, slot)
  end
  if ARGV[10] ~= '' then
    left = tonumber(ARGV[10])
    put('left', left, 'left_at', now)
  end
  if ARGV[11] ~= '' then put('paused', math.max(paused, now + tonumber(ARGV[11]))) end
  return answer('go')
end

return operations[operation]()
