/// The scenarios that the program knows by name. Written by Scripts/embed-scenarios from Simulations/Scenarios: edit
/// those.
let scenarioTexts = [
  #"""
  {
    "name": "crossing-carts",
    "about": "Carts over the same two keys in both orders: no deadlock, and never half a cart.",
    "world": "storefront",
    "base": "calm",
    "settings": {
      "keys": 2,
      "stockMax": 40,
      "shoppers": 8,
      "visits": 8,
      "cartsPerMille": 1000
    }
  }
  """#,
  #"""
  {
    "name": "flash-sale",
    "about": "A hundred units, a crowd that asks again and again, carts that are left, and a machine that stumbles.",
    "world": "storefront",
    "base": "calm",
    "settings": {
      "keys": 1,
      "stockMax": 100,
      "shoppers": 40,
      "visits": 10,
      "cartsPerMille": 150,
      "repeatsPerMille": 400,
      "adjustments": 1,
      "pauses": 2,
      "snapshots": 2
    }
  }
  """#,
  #"""
  {
    "name": "held-checkouts",
    "about": "Every checkout holds here first, Shopify hears of it seconds later: no unit is sold twice.",
    "world": "shopify",
    "base": "calm",
    "settings": {
      "units": 4,
      "heldPerMille": 1000,
      "travelMax": 3000,
      "goodsPerMille": 0,
      "orders": 300
    }
  }
  """#,
  #"""
  {
    "name": "last-unit",
    "about": "One unit, many buyers at once: exactly one of them gets it.",
    "world": "storefront",
    "base": "calm",
    "settings": {
      "keys": 1,
      "stockMax": 1,
      "shoppers": 16,
      "visits": 4,
      "adjustments": 0,
      "cartsPerMille": 200
    }
  }
  """#,
  #"""
  {
    "name": "power-loss",
    "about": "The power goes three times while the disk is full now and then: what was acknowledged is there again.",
    "world": "storefront",
    "base": "calm",
    "settings": {
      "keys": 3,
      "stockMax": 20,
      "shoppers": 4,
      "visits": 6,
      "crashes": 3,
      "fullDisks": 2,
      "snapshots": 3,
      "syncMax": 20
    }
  }
  """#,
  #"""
  {
    "name": "reconciliation",
    "about": "An ERP that forgets to tell a fifth of what it books, every other trouble, and two reconcilers at work.",
    "world": "shopify",
    "base": "reconciled",
    "settings": {
      "orders": 200
    }
  }
  """#,
  #"""
  {
    "name": "replenishment",
    "about": "Goods come in all day while orders take them out.",
    "world": "shopify",
    "base": "calm",
    "settings": {
      "units": 2,
      "goodsPerMille": 700,
      "orders": 300
    }
  }
  """#,
  #"""
  {
    "name": "retries",
    "about": "Nearly every hold is asked for once more, under the same name: none is granted twice.",
    "world": "storefront",
    "base": "calm",
    "settings": {
      "keys": 2,
      "stockMax": 12,
      "shoppers": 6,
      "visits": 6,
      "repeatsPerMille": 900,
      "crashes": 1
    }
  }
  """#,
  #"""
  {
    "name": "returns-season",
    "about": "Every second order is cancelled, refunded or moved.",
    "world": "shopify",
    "base": "troubled",
    "settings": {
      "locations": 2,
      "cancelPerMille": 500,
      "movePerMille": 200,
      "shipPerMille": 300,
      "orders": 300
    }
  }
  """#,
  #"""
  {
    "name": "shopify-troubled",
    "about": "Calls fail, webhooks are lost, late, doubled and mixed up, people edit by hand, the power goes.",
    "world": "shopify",
    "base": "troubled",
    "settings": {
      "orders": 300
    }
  }
  """#,
  #"""
  {
    "name": "shopify",
    "about": "Orders at Shopify and holds here, over two locations, nothing fails: both sides end equal.",
    "world": "shopify",
    "base": "calm",
    "settings": {
      "locations": 2,
      "orders": 300
    }
  }
  """#,
  #"""
  {
    "name": "storefront",
    "about": "Shoppers, carts, batches and an ERP; each seed draws how many, how often and which troubles.",
    "world": "storefront",
    "base": "drawn"
  }
  """#,
  #"""
  {
    "name": "two-checkouts",
    "about": "Shopify's own checkout sells between our writes: how many units it sells twice.",
    "world": "shopify",
    "base": "calm",
    "settings": {
      "units": 6,
      "heldPerMille": 500,
      "travelMax": 3000,
      "cancelPerMille": 0,
      "goodsPerMille": 0,
      "orders": 300
    }
  }
  """#,
]
