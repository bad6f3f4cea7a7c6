/// The Lua scripts that change what a shard's journal is: each checks the owner and writes in one step.
///
/// Redis runs a script whole or, where its first write is refused (no room, too few replicas), not at all; nothing
/// that can fail comes after the first write. Numbers travel as text: a Lua number is exact only to 2^53, which is
/// also `JournalRecord.numberMax`. Every reply is an array whose first part is a word.
enum RedisScript: String, CaseIterable {
  case initialise, claim, append, renew, release, load, name, trim, publish

  /// The script's text.
  var text: String {
    switch self {
    case .initialise: Self.initialiseText
    case .claim: Self.ownText + Self.claimText
    case .append: Self.ownText + Self.appendText
    case .renew: Self.ownText + Self.renewText
    case .release: Self.ownText + Self.releaseText
    case .load: Self.ownText + Self.loadText
    case .name: Self.ownText + Self.nameText
    case .trim: Self.ownText + Self.trimText
    case .publish: Self.publishText
    }
  }

  /// Makes an empty store. KEYS: meta, then the 256 owners. ARGV: format, replicas, a zero nonce (also a zero hash).
  private static let initialiseText = """
    for i = 1, #KEYS do
      if redis.call('EXISTS', KEYS[i]) == 1 then return {'THERE', KEYS[i]} end
    end
    for i = 2, #KEYS do
      redis.call('HSET', KEYS[i], 'epoch', '0', 'nonce', ARGV[3], 'node', '', 'addr', '', 'seq', '0',
        'hash', ARGV[3], 'time', '0', 'until', '0')
    end
    redis.call('HSET', KEYS[1], 'format', ARGV[1], 'shards', #KEYS - 1, 'replicas', ARGV[2], 'handovers', '0')
    return {'OK'}
    """

  /// What every other script begins with. KEYS: 1 owner.
  private static let ownText = """
    local function now()
      local time = redis.call('TIME')
      return time[1] * 1000 + math.floor(time[2] / 1000)
    end
    local function text(number) return string.format('%.0f', number) end
    local own = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'seq', 'hash', 'node', 'addr', 'until')
    if not own[1] then return {'GONE'} end

    """

  /// For what only a shard that nobody owns allows.
  private static let heldText = """
    if tonumber(own[7]) > now() then return {'HELD', own[5], own[6], text(own[7] - now())} end

    """

  /// KEYS: 1 owner, 2 log. ARGV: 1 nonce, 2 node, 3 address, 4 to 7 epoch, nonce, number and hash that the claimer
  /// read, 8 new epoch, 9 new number, 10 new hash, 11 time, 12 lease, 13 record. `HELD node address left`, `CHANGED`,
  /// `DUP`.
  private static let claimText = """
    local ends = text(now() + ARGV[12])
    if own[2] == ARGV[1] and own[3] == ARGV[9] and own[4] == ARGV[10] then
      redis.call('HSET', KEYS[1], 'until', ends)
      return {'DUP'}
    end
    if own[2] ~= ARGV[1] and tonumber(own[7]) > now() then
      return {'HELD', own[5], own[6], text(own[7] - now())}
    end
    if own[1] ~= ARGV[4] or own[2] ~= ARGV[5] or own[3] ~= ARGV[6] or own[4] ~= ARGV[7] then return {'CHANGED'} end
    redis.call('XADD', KEYS[2], ARGV[8] .. '-' .. ARGV[9], 'r', ARGV[13])
    redis.call('HSET', KEYS[1], 'epoch', ARGV[8], 'nonce', ARGV[1], 'node', ARGV[2], 'addr', ARGV[3], 'seq', ARGV[9],
      'hash', ARGV[10], 'time', ARGV[11], 'until', ends)
    return {'OK'}
    """

  /// KEYS: 1 owner, 2 log. ARGV: 1 epoch, 2 nonce, 3 and 4 previous number and hash, 5 and 6 new number and hash,
  /// 7 time, 8 lease, 9 record. `FENCED epoch node`, `GAP number hash`, `DUP`.
  private static let appendText = """
    if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return {'FENCED', own[1], own[5]} end
    local ends = text(now() + ARGV[8])
    if own[3] == ARGV[5] and own[4] == ARGV[6] then
      redis.call('HSET', KEYS[1], 'until', ends)
      return {'DUP'}
    end
    if own[3] ~= ARGV[3] or own[4] ~= ARGV[4] then return {'GAP', own[3], own[4]} end
    redis.call('XADD', KEYS[2], ARGV[1] .. '-' .. ARGV[5], 'r', ARGV[9])
    redis.call('HSET', KEYS[1], 'seq', ARGV[5], 'hash', ARGV[6], 'time', ARGV[7], 'until', ends)
    return {'OK'}
    """

  /// KEYS: 1 owner. ARGV: 1 epoch, 2 nonce, 3 and 4 number and hash, 5 lease.
  private static let renewText = """
    if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return {'FENCED', own[1], own[5]} end
    if own[3] ~= ARGV[3] or own[4] ~= ARGV[4] then return {'GAP', own[3], own[4]} end
    redis.call('HSET', KEYS[1], 'until', text(now() + ARGV[5]))
    return {'OK'}
    """

  /// KEYS: 1 owner, 2 meta. ARGV as for renew, without a lease. Who waits for shards looks at `handovers`.
  private static let releaseText = """
    if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return {'FENCED', own[1], own[5]} end
    redis.call('HSET', KEYS[1], 'until', '0', 'node', '', 'addr', '')
    redis.call('HINCRBY', KEYS[2], 'handovers', 1)
    return {'OK'}
    """

  /// A record of another journal, as it is: only where nobody's lease lives. KEYS and ARGV as for append; its epoch and
  /// nonce become the owner's, with no lease. `HELD`, `DUP`, `GAP`, `BACK` (an epoch that falls).
  private static let loadText =
    heldText + """
      if own[3] == ARGV[5] and own[4] == ARGV[6] then
        redis.call('HSET', KEYS[1], 'until', '0')
        return {'DUP'}
      end
      if own[3] ~= ARGV[3] or own[4] ~= ARGV[4] then return {'GAP', own[3], own[4]} end
      if tonumber(ARGV[1]) < tonumber(own[1]) then return {'BACK', own[1]} end
      redis.call('XADD', KEYS[2], ARGV[1] .. '-' .. ARGV[5], 'r', ARGV[9])
      redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'nonce', ARGV[2], 'node', '', 'addr', '', 'seq', ARGV[5],
        'hash', ARGV[6], 'time', ARGV[7], 'until', '0')
      return {'OK'}
      """

  /// For what its owner does with a shard, or anybody where nobody owns it. ARGV: 1 epoch and 2 nonce, both empty where
  /// they are not ours.
  private static let ownerText = """
    if ARGV[1] == '' then
      if tonumber(own[7]) > now() then return {'HELD', own[5], own[6], text(own[7] - now())} end
    elseif own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then
      return {'FENCED', own[1], own[5]}
    end

    """

  /// Names a snapshot whose parts are there, and lets go of all but the last two. KEYS: 1 owner, 2 manifest, 3 and on
  /// the parts. ARGV: 1 epoch, 2 nonce, 3 through, 4 its row. `MISSING part`.
  private static let nameText =
    ownerText + """
      local function drop(through, row)
        local _, serial, parts = string.match(row, '^(%d+) (%d+) (%d+)$')
        for i = 0, (tonumber(parts) or 0) - 1 do
          redis.call('UNLINK', KEYS[2] .. ':' .. through .. ':' .. serial .. ':' .. text(i))
        end
      end
      for i = 3, #KEYS do
        if redis.call('EXISTS', KEYS[i]) == 0 then return {'MISSING', KEYS[i]} end
      end
      for i = 3, #KEYS do redis.call('PERSIST', KEYS[i]) end
      local replaced = redis.call('HGET', KEYS[2], ARGV[3])
      redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
      local named = redis.call('HKEYS', KEYS[2])
      table.sort(named, function(a, b) return tonumber(a) > tonumber(b) end)
      if replaced and replaced ~= ARGV[4] then drop(ARGV[3], replaced) end
      for i = 3, #named do
        drop(named[i], redis.call('HGET', KEYS[2], named[i]))
        redis.call('HDEL', KEYS[2], named[i])
      end
      return {'OK'}
      """

  /// Lets the oldest records go: their copies are in the archive. KEYS: 1 owner, 2 log. ARGV: 1 epoch, 2 nonce,
  /// 3 id of the oldest record that stays.
  private static let trimText =
    ownerText + """
      redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
      return {'OK'}
      """

  /// Writes what may be sold, and announces what is not as it was there. KEYS: the keys of the read model. ARGV:
  /// 1 seconds to live, then the units of each.
  private static let publishText = """
    for i = 1, #KEYS do
      local old = redis.pcall('GET', KEYS[i])
      redis.call('SET', KEYS[i], ARGV[i + 1], 'EX', ARGV[1])
      if old ~= ARGV[i + 1] then redis.call('PUBLISH', KEYS[i], ARGV[i + 1]) end
    end
    return {'OK'}
    """
}
