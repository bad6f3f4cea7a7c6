import StockLedger

// A publication's entry as members of a journal entry's object; docs/guide.md lists them.
extension EntryJSON {
  static func write(_ entry: PublicationEntry, channel: ChannelID, to json: inout JSONWriter) {
    json.fieldUnlessNone("channel", channel)
    json.field("step", entry.code)
    switch entry {
    case .named(let change):
      json.field("line", "\(change.kind)")
      json.fieldUnlessNone("document", change.document)
      json.field("units", change.units)
      json.field("occurredAt", change.madeAt)
    case .hinted(let available): if let available { json.field("available", available) }
    case .read(let available), .reconciled(let available): json.field("available", available)
    case .readFailed(let retryAt), .unknown(let retryAt), .throttled(let retryAt): json.field("retryAt", retryAt)
    case .sending(let write):
      json.field("key", write.key)
      json.field("quantity", write.quantity)
      if let from = write.changeFrom { json.field("changeFrom", from) }
    case .stopped(let trouble): json.field("trouble", trouble.code)
    case .claimed(let number, let units):
      json.field("number", number)
      json.field("units", units)
    case .handedOver(let number), .settled(let number): json.field("number", number)
    case .dropped(let target): json.field("quantity", target)
    case .takenUp(let available, let readAt):
      json.field("available", available)
      json.field("readAt", readAt)
    case .reading, .repeating, .accepted, .stale, .notTaken, .suspended, .resumed, .forced, .retried: break
    }
  }
}
