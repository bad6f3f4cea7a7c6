import Testing

/// All that runs a server: one after the other, so that none takes the cores of another.
@Suite(.serialized) struct ServiceTests {}
