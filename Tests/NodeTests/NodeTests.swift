import Testing

/// Real nodes on a real Redis. One test after the other: each has several processes, and short leases.
@Suite(.serialized) struct NodeTests {}
