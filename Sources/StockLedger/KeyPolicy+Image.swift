extension KeyPolicy {
  /// Writes the policy; one form for entries and for images.
  public func write(to writer: inout ByteWriter) {
    writer.write(varint: UInt64(bitPattern: safetyBuffer))
    for owner in [owners.onHand, owners.allocated, owners.pending, owners.open] {
      writer.write(optional: owner.isNone ? nil : owner) { $0.write($1) }
    }
    writer.write(varint: UInt64(bitPattern: skew))
    writer.write(list: skews) {
      $0.write($1.count)
      $0.write($1.claims)
      $0.write(varint: UInt64(bitPattern: $1.milliseconds))
    }
    writer.write(byte: openFallsTo.rawValue)
    writer.write(byte: othersFallTo.rawValue)
    writer.write(list: channels) {
      $0.write($1.channel)
      $0.write(varint: UInt64(bitPattern: $1.buffer))
      $0.write(optional: $1.quota) { $0.write(varint: UInt64(bitPattern: $1)) }
      $0.write($1.quotaSince)
    }
    writer.write(optional: customerLimit) {
      $0.write(varint: UInt64(bitPattern: $1.units))
      $0.write($1.since)
    }
  }

  /// Reads a policy back.
  ///
  /// - Throws: ``ByteError`` where the bytes are not a policy within its ranges, in its one form.
  public init(from reader: inout ByteReader) throws(ByteError) {
    self.init()
    let start = reader.offset
    func units() throws(ByteError) -> Int64 { Int64(bitPattern: try reader.readVarint()) }
    func owner() throws(ByteError) -> SourceID {
      guard try reader.readFlag() else { return .none }
      let owner = try reader.readIdentifier()
      guard !owner.isNone else { throw ByteError(offset: reader.offset, expected: "an owner") }
      return owner
    }
    safetyBuffer = try units()
    owners.onHand = try owner()
    owners.allocated = try owner()
    owners.pending = try owner()
    owners.open = try owner()
    skew = try units()
    skews = try reader.readList { reader throws(ByteError) in
      SourceSkew(
        count: try reader.readIdentifier(), claims: try reader.readIdentifier(),
        milliseconds: Int64(bitPattern: try reader.readVarint()))
    }
    openFallsTo = try reader.readCase(NextOwner.self)
    othersFallTo = try reader.readCase(NextOwner.self)
    channels = try reader.readList { reader throws(ByteError) in
      ChannelPolicy(
        channel: try reader.readIdentifier(), buffer: Int64(bitPattern: try reader.readVarint()),
        quota: try reader.readFlag() ? Int64(bitPattern: try reader.readVarint()) : nil,
        quotaSince: try reader.readTimestamp())
    }
    if try reader.readFlag() {
      customerLimit = CustomerLimit(
        units: Int64(bitPattern: try reader.readVarint()), since: try reader.readTimestamp())
    }
    guard problem == nil else { throw ByteError(offset: start, expected: "a policy within its ranges") }
  }
}
