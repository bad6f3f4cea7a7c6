import ArgumentParser
import ChannelIntake
import ShopifyEmulatorCore
import StockLedger

extension Shopify.Emulate {
  /// What the shop sells, and where it lies.
  struct StockOptions: ParsableArguments {
    /// Above what any shop has; some 2 KB of memory each.
    private static let variantsMax = 2_000_000

    @Option(help: "So many variants, numbered from 1.")
    var variants: Int?

    @Option(help: "What stands before the number in the SKU of each.")
    var skuPrefix = "SKU-"

    @Option(help: "Units of each at each location.")
    var units: Int64 = 100

    @Option(help: "A CSV file with the header sku,location,available instead.")
    var catalogue: String?

    @Option(help: "Locations with commas, in the order in which orders are routed to them.")
    var locations = "main"

    func validate() throws {
      if variants != nil && catalogue != nil { throw ValidationError("--variants and --catalogue exclude each other") }
      if let variants, !(1...Self.variantsMax).contains(variants) {
        throw ValidationError("--variants is 1 to \(Self.variantsMax)")
      }
      if !(0...1_000_000_000).contains(units) { throw ValidationError("--units is 0 to 1000000000") }
      if names.isEmpty { throw ValidationError("--locations names at least one") }
    }

    private var names: [String] { locations.split(separator: ",").map(String.init) }

    /// Opens the locations and adds the variants, each a product of its own.
    func fill(_ shop: inout EmulatedShop, at now: Timestamp) throws {
      let rows = try catalogue.map { try CatalogueCSV.rows(of: $0) } ?? []
      let opened = shop.open((names + rows.map(\.location)).withoutRepeats, at: now)
      if catalogue == nil {
        let stock = names.compactMap { opened[$0] }.map { VariantDraft.Stock(location: $0, available: units) }
        for number in stride(from: 1, through: variants ?? 10, by: 1) {
          shop.addVariant(VariantDraft(sku: "\(skuPrefix)\(number)", stock: stock), at: now)
        }
      }
      let stock = Dictionary(grouping: rows, by: \.sku)
      for sku in rows.map(\.sku).withoutRepeats {
        let places = (stock[sku] ?? []).compactMap { row in
          opened[row.location].map { VariantDraft.Stock(location: $0, available: row.available) }
        }
        shop.addVariant(VariantDraft(sku: sku, stock: places), at: now)
      }
    }
  }
}

extension EmulatedShop {
  fileprivate mutating func open(_ names: [String], at now: Timestamp) -> [String: Int64] {
    var opened: [String: Int64] = [:]
    for name in names { opened[name] = openLocation(name, at: now) }
    return opened
  }
}

extension [String] {
  /// Each text once, where it stood first.
  fileprivate var withoutRepeats: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

/// A catalogue of what a shop sells: `sku,location,available`.
enum CatalogueCSV {
  /// Units of a SKU at a location.
  struct Row {
    let sku: String
    let location: String
    let available: Int64
  }

  private static let columns = ["sku", "location", "available"]
  /// The largest number of the API, and negated its smallest.
  private static let unitsMax: Int64 = 1_000_000_000

  /// The rows of a file.
  ///
  /// - Throws: A complaint, after each bad row was told: half a catalogue would be another shop.
  static func rows(of path: String) throws(Complaint) -> [Row] {
    var reader = CSVReader()
    let bytes = try readFile(path)
    var header: CSVHeader?
    var rows: [Row] = []
    var errors: [RowError] = []
    for result in reader.read(bytes) + reader.finish() {
      do throws(RowError) {
        let row = try result.get()
        if let header {
          rows.append(try Self.row(row, header))
        } else {
          header = try CSVHeader(row, required: Self.columns)
        }
      } catch {
        errors.append(error)
        // Without a header no row means anything.
        if header == nil { break }
      }
    }
    if header == nil && errors.isEmpty { errors = [RowError(line: 1, reason: .noHeader)] }
    guard errors.isEmpty else {
      BadRows.say(errors, of: path)
      throw Complaint(
        "\(path) is no catalogue", do: "its header is \(Self.columns.joined(separator: ","))", outcome: .badRows)
    }
    return rows
  }

  private static func row(_ row: CSVRow, _ header: CSVHeader) throws(RowError) -> Row {
    try header.check(row)
    func field(_ name: String) -> String { header.field(name, of: row) ?? "" }
    for name in ["sku", "location"] where field(name).isEmpty {
      throw RowError(line: row.line, field: name, reason: .missingField)
    }
    guard let units = Int64(field("available")) else {
      throw RowError(line: row.line, field: "available", reason: .notExactInteger)
    }
    guard (-unitsMax...unitsMax).contains(units) else {
      throw RowError(line: row.line, field: "available", reason: .outOfRange(low: -unitsMax, high: unitsMax))
    }
    return Row(sku: field("sku"), location: field("location"), available: units)
  }
}
