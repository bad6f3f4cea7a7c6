/// Everything that is measured, by the name under which it is scraped. docs/metrics.md says when to worry.
///
/// Names end in their unit, and in `_total` where they only grow; units are base units (seconds, bytes).
public enum Measure: String, CaseIterable, Sendable {
  // HTTP
  case requests = "holdfast_http_requests_total"
  case requestDuration = "holdfast_http_request_duration_seconds"
  case connections = "holdfast_http_connections"
  case streamListeners = "holdfast_stream_listeners"
  case streamEnds = "holdfast_stream_ends_total"
  case webhooks = "holdfast_webhooks_total"
  case webhooksUnjoined = "holdfast_webhooks_unjoined"
  // What is asked of the engine
  case commands = "holdfast_commands_total"
  case refusals = "holdfast_refusals_total"
  case commandsInFlight = "holdfast_commands_in_flight"
  case commitWaiters = "holdfast_commit_waiters"
  case storeAway = "holdfast_store_away_seconds"
  case holdsLive = "holdfast_holds_live"
  case keys = "holdfast_keys"
  case shards = "holdfast_shards_owned"
  case entries = "holdfast_journal_entries_total"
  case journalBytes = "holdfast_journal_bytes_total"
  case commits = "holdfast_commits_total"
  case shardFailures = "holdfast_shard_failures_total"
  // The store
  case commitDuration = "holdfast_commit_duration_seconds"
  case commitEntries = "holdfast_commit_entries"
  case commitRecords = "holdfast_commit_records"
  case recoveryDuration = "holdfast_recovery_duration_seconds"
  // What sources send
  case sourceRows = "holdfast_source_rows_total"
  case sourceGaps = "holdfast_source_gaps_total"
  case sourceDeliveries = "holdfast_source_deliveries_total"
  case sourceFailures = "holdfast_source_failures_total"
  case sourceLastDelivery = "holdfast_source_last_delivery_timestamp_seconds"
  case sourceNewestReport = "holdfast_source_newest_report_timestamp_seconds"
  case sourceSilent = "holdfast_source_silent"

  /// What it is, in the words of the scraped text.
  public var help: String {
    switch self {
    case .requests: "Requests answered, by route template, method and status."
    case .requestDuration: "From a request's head to its answer's, by route template and method."
    case .connections: "Connections that are open."
    case .streamListeners: "Streams that are open."
    case .streamEnds: "Streams that the service ended, by reason."
    case .webhooks: "Shopify's webhooks answered, by topic and what was made of them."
    case .webhooksUnjoined: "Shopify's webhooks that wait for something."
    case .commands: "Commands answered, by kind and outcome."
    case .refusals: "Commands refused, by code."
    case .commandsInFlight: "Commands that are being decided or wait for their commit."
    case .commitWaiters: "Callers that wait for a commit."
    case .storeAway: "For how long the store has kept everybody waiting; 0 while it answers in time."
    case .holdsLive: "Live reservations of all keys."
    case .keys: "Keys known, by whether their keeper is in memory (active) or they rest as an image (passive)."
    case .shards: "Shards that this process owns."
    case .entries: "Journal entries made durable."
    case .journalBytes: "Bytes of journal records made durable."
    case .commits: "Commits made durable, each one sync."
    case .shardFailures: "Commits that failed, and shards that were lost to other nodes."
    case .commitDuration: "From handing a commit to the store to its sync."
    case .commitEntries: "Entries of a commit."
    case .commitRecords: "Records (shards touched) of a commit."
    case .recoveryDuration: "How long the last start took from opening the store to the first command."
    case .sourceRows: "Rows that sources sent, by source and what became of them."
    case .sourceGaps: "Reports that were missing before one that came, by source."
    case .sourceDeliveries: "Deliveries that were taken, by source."
    case .sourceFailures: "Polls and files that failed as a whole, by source."
    case .sourceLastDelivery: "When a source's last delivery was taken, in seconds since 1970."
    case .sourceNewestReport: "The newest time that a source spoke of, in seconds since 1970."
    case .sourceSilent: "1 where nothing came for longer than expectedEvery says, else 0, by source."
    }
  }
}
