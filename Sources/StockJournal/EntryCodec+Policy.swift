import StockLedger

// The stored form of a key's configuration.

private let skewMax: Int64 = 86_400_000

extension ByteWriter {
  mutating func write(_ policy: KeyPolicy) {
    let sums = 0...Limits.unitsMax
    invariant(sums.contains(policy.safetyBuffer), "a safety buffer of \(policy.safetyBuffer) was accepted")
    invariant((0...skewMax).contains(policy.skew), "a skew of \(policy.skew) ms was accepted")
    write(varint: UInt64(policy.safetyBuffer))
    for owner in [policy.owners.onHand, policy.owners.allocated, policy.owners.pending, policy.owners.open] {
      write(optional: owner.isNone ? nil : owner) { $0.write($1) }
    }
    write(varint: UInt64(policy.skew))
    write(list: policy.skews) { writer, pair in
      invariant((0...skewMax).contains(pair.milliseconds), "a skew of \(pair.milliseconds) ms was accepted")
      writer.write(pair.count)
      writer.write(pair.claims)
      writer.write(varint: UInt64(pair.milliseconds))
    }
    write(byte: policy.openFallsTo.rawValue)
    write(byte: policy.othersFallTo.rawValue)
    write(list: policy.channels) { writer, channel in
      invariant(
        sums.contains(channel.buffer) && sums.contains(channel.quota ?? 0), "a channel's rule is out of range")
      writer.write(channel.channel)
      writer.write(varint: UInt64(channel.buffer))
      writer.write(optional: channel.quota) { $0.write(varint: UInt64($1)) }
      writer.write(channel.quotaSince)
    }
    write(optional: policy.customerLimit) { writer, limit in
      invariant(sums.contains(limit.units), "a customer limit of \(limit.units) was accepted")
      writer.write(varint: UInt64(limit.units))
      writer.write(limit.since)
    }
  }
}

extension ByteReader {
  mutating func readPolicy() throws(ByteError) -> KeyPolicy {
    var policy = KeyPolicy()
    policy.safetyBuffer = try readVarint(through: Limits.unitsMax, "a safety buffer")
    policy.owners.onHand = try readOwner()
    policy.owners.allocated = try readOwner()
    policy.owners.pending = try readOwner()
    policy.owners.open = try readOwner()
    policy.skew = try readVarint(through: skewMax, "a skew")
    policy.skews = try readList { reader throws(ByteError) in
      SourceSkew(
        count: try reader.readIdentifier(), claims: try reader.readIdentifier(),
        milliseconds: try reader.readVarint(through: skewMax, "a skew"))
    }
    policy.openFallsTo = try readCase(NextOwner.self)
    policy.othersFallTo = try readCase(NextOwner.self)
    policy.channels = try readList { reader throws(ByteError) in
      ChannelPolicy(
        channel: try reader.readIdentifier(), buffer: try reader.readVarint(through: Limits.unitsMax, "a buffer"),
        quota: try reader.readOptional { reader throws(ByteError) in
          try reader.readVarint(through: Limits.unitsMax, "a quota")
        }, quotaSince: try reader.readTimestamp())
    }
    policy.customerLimit = try readOptional { reader throws(ByteError) in
      CustomerLimit(
        units: try reader.readVarint(through: Limits.unitsMax, "a customer limit"), since: try reader.readTimestamp())
    }
    return policy
  }

  private mutating func readOwner() throws(ByteError) -> SourceID {
    try readFlag() ? try readPresentIdentifier() : .none
  }
}
