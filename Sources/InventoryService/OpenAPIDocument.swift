/// What `/openapi.json` answers. Written by Scripts/embed-openapi from openapi.json: edit that one.
let openAPIDocument = #"""
  {
    "openapi": "3.1.0",
    "info": {
      "title": "Holdfast",
      "version": "1.0.0",
      "description": "Stock that is never promised twice. docs/api.md says the same in words."
    },
    "security": [{"key": []}],
    "paths": {
      "/v1/holds": {
        "post": {
          "operationId": "hold",
          "summary": "Hold units for a while",
          "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Hold"}}}
          },
          "responses": {
            "201": {
              "description": "Held, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/holds/{sku}/{location}/{reservation}": {
        "get": {
          "operationId": "reservation",
          "summary": "One reservation",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/reservation"}
          ],
          "responses": {
            "200": {
              "description": "As it durably stands",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Reservation"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/holds/{sku}/{location}/{reservation}/confirm": {
        "post": {
          "operationId": "confirm",
          "summary": "Turn held units into a claim",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/reservation"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Confirm"}}}
          },
          "responses": {
            "200": {
              "description": "Confirmed",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/holds/{sku}/{location}/{reservation}/release": {
        "post": {
          "operationId": "release",
          "summary": "Give held units back",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/reservation"}
          ],
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Release"}}}
          },
          "responses": {
            "200": {
              "description": "Released",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/holds/{sku}/{location}/{reservation}/extend": {
        "post": {
          "operationId": "extend",
          "summary": "Set a reservation's expiry",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/reservation"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Extend"}}}
          },
          "responses": {
            "200": {
              "description": "Extended",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/carts": {
        "post": {
          "operationId": "holdCart",
          "summary": "Hold a cart, all or nothing",
          "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cart"}}}
          },
          "responses": {
            "201": {
              "description": "Held, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartReceipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/carts/{cart}/confirm": {
        "post": {
          "operationId": "confirmCart",
          "summary": "Turn a cart into claims",
          "parameters": [{"$ref": "#/components/parameters/cart"}],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartConfirm"}}}
          },
          "responses": {
            "200": {
              "description": "Confirmed",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartReceipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/carts/{cart}/release": {
        "post": {
          "operationId": "releaseCart",
          "summary": "Give a cart back",
          "parameters": [{"$ref": "#/components/parameters/cart"}],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartRelease"}}}
          },
          "responses": {
            "200": {
              "description": "Released",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartReceipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/carts/{cart}/extend": {
        "post": {
          "operationId": "extendCart",
          "summary": "Set a cart's expiry",
          "parameters": [{"$ref": "#/components/parameters/cart"}],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartExtend"}}}
          },
          "responses": {
            "200": {
              "description": "Extended",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartReceipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/commands": {
        "post": {
          "operationId": "commands",
          "summary": "Up to 10,000 commands, an answer per line",
          "requestBody": {
            "required": true,
            "content": {
              "application/json": {
                "schema": {
                  "type": "array",
                  "maxItems": 10000,
                  "items": {"$ref": "#/components/schemas/Command"}
                }
              },
              "application/jsonl": {"schema": {"type": "string"}}
            }
          },
          "responses": {
            "200": {
              "description": "An answer per line, in their order",
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Answers"}},
                "application/jsonl": {"schema": {"type": "string"}}
              }
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/counts": {
        "post": {
          "operationId": "count",
          "summary": "What a source counted",
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Count"}}}
          },
          "responses": {
            "200": {
              "description": "Taken, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "410": {"$ref": "#/components/responses/410"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock": {
        "get": {
          "operationId": "listStock",
          "summary": "What the shop has, page by page",
          "parameters": [
            {"$ref": "#/components/parameters/cursor"},
            {"$ref": "#/components/parameters/limit"},
            {"$ref": "#/components/parameters/skuPrefix"},
            {"$ref": "#/components/parameters/atLocation"},
            {"$ref": "#/components/parameters/shortfall"},
            {"$ref": "#/components/parameters/availableAtMost"},
            {"$ref": "#/components/parameters/availableAtLeast"}
          ],
          "responses": {
            "200": {
              "description": "A page, perhaps empty; next is where the list goes on",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StockPage"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/stock/{sku}": {
        "get": {
          "operationId": "itemStock",
          "summary": "A SKU over its locations",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "What may be sold",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ItemStock"}}}
            },
            "304": {"description": "The entry is still the last one."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock/{sku}/{location}": {
        "get": {
          "operationId": "keyStock",
          "summary": "A SKU at a location",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/at"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "What may be sold",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Stock"}}}
            },
            "304": {"description": "The entry is still the last one."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "410": {"$ref": "#/components/responses/410"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "500": {"$ref": "#/components/responses/500"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/policies": {
        "get": {
          "operationId": "shopPolicy",
          "summary": "What configuration says of the shop",
          "parameters": [
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "What this level says",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        },
        "put": {
          "operationId": "putShopPolicy",
          "summary": "Say all that configuration says of the shop",
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Policy"}}}
          },
          "responses": {
            "200": {
              "description": "Said, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/policies/levels": {
        "get": {
          "operationId": "policyLevels",
          "summary": "Everything that configuration says in the shop, level by level",
          "parameters": [
            {"$ref": "#/components/parameters/cursor"},
            {"$ref": "#/components/parameters/limit"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "Levels that say something: the shop's first, then each SKU's and its locations'",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyPage"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/policies/items/{sku}": {
        "get": {
          "operationId": "itemPolicy",
          "summary": "What configuration says of an item",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "What this level says",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        },
        "put": {
          "operationId": "putItemPolicy",
          "summary": "Say all that configuration says of an item",
          "parameters": [
            {"$ref": "#/components/parameters/sku"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Policy"}}}
          },
          "responses": {
            "200": {
              "description": "Said, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/policies/items/{sku}/rules": {
        "get": {
          "operationId": "itemRules",
          "summary": "What configuration says of an item over its locations",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "What this level says",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        },
        "put": {
          "operationId": "putItemRules",
          "summary": "Say all that configuration says of an item over its locations",
          "parameters": [
            {"$ref": "#/components/parameters/sku"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ItemRules"}}}
          },
          "responses": {
            "200": {
              "description": "Said, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/policies/items/{sku}/locations/{location}": {
        "get": {
          "operationId": "keyPolicy",
          "summary": "What configuration says of a SKU at a location",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "What this level says",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        },
        "put": {
          "operationId": "putKeyPolicy",
          "summary": "Say all that configuration says of a SKU at a location",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Policy"}}}
          },
          "responses": {
            "200": {
              "description": "Said, now or before",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PolicyLevel"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock/{sku}/{location}/components": {
        "get": {
          "operationId": "components",
          "summary": "What the numbers of a SKU at a location are made of",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "Component by component, source by source",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StockAccount"}}}
            },
            "304": {"description": "The entry is still the last one."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock/{sku}/{location}/entries": {
        "get": {
          "operationId": "entries",
          "summary": "The audit trail of a SKU at a location",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/afterEntry"},
            {"$ref": "#/components/parameters/beforeEntry"},
            {"$ref": "#/components/parameters/limit"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "Newest first; with after oldest first",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EntryPage"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "500": {"$ref": "#/components/responses/500"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock/{sku}/{location}/explanation": {
        "get": {
          "operationId": "explanation",
          "summary": "What made a number: the entries that changed it, until now or a moment",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"},
            {"$ref": "#/components/parameters/at"},
            {"$ref": "#/components/parameters/limit"},
            {"$ref": "#/components/parameters/IfNoneMatch"}
          ],
          "responses": {
            "200": {
              "description": "The newest changes, oldest first, and what was so before them",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Explanation"}}}
            },
            "304": {"description": "It is still so."},
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "410": {"$ref": "#/components/responses/410"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "500": {"$ref": "#/components/responses/500"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock/{sku}/{location}/fallen/free": {
        "post": {
          "operationId": "freeFallen",
          "summary": "Free units that fell out of a sum",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/FreeFallen"}}}
          },
          "responses": {
            "200": {
              "description": "Done",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stock/{sku}/{location}/marks/reset": {
        "post": {
          "operationId": "resetMark",
          "summary": "Forget a source's last absolute report",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"}
          ],
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ResetMark"}}}
          },
          "responses": {
            "200": {
              "description": "Done",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/stream": {
        "get": {
          "operationId": "stream",
          "summary": "What changes, as it changes: server-sent events",
          "parameters": [
            {"$ref": "#/components/parameters/onlySKU"},
            {"$ref": "#/components/parameters/atLocation"},
            {"$ref": "#/components/parameters/lowAt"},
            {"$ref": "#/components/parameters/LastEventID"}
          ],
          "responses": {
            "200": {
              "description": "Events open, stock, shortfall, lowStock, reset and end, until either side closes",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"text/event-stream": {"schema": {"type": "string"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/metrics": {
        "get": {
          "operationId": "metrics",
          "summary": "What is measured, as Prometheus reads it",
          "description": "Asked from the service's own machine it needs no key, else one with the scope admin.",
          "security": [{}, {"key": []}],
          "responses": {
            "200": {
              "description": "Text format 0.0.4",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"text/plain": {"schema": {"type": "string"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/ingest/{source}": {
        "post": {
          "operationId": "ingest",
          "summary": "What a source sends, up to 100 MiB of rows",
          "security": [{"key": []}, {"signature": [], "signingKey": []}],
          "parameters": [{"$ref": "#/components/parameters/source"}],
          "requestBody": {
            "required": true,
            "content": {
              "application/jsonl": {"schema": {"type": "string"}},
              "application/x-ndjson": {"schema": {"type": "string"}},
              "text/csv": {"schema": {"type": "string"}}
            }
          },
          "responses": {
            "200": {
              "description": "What became of the rows: some may have been refused",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Intake"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "415": {"$ref": "#/components/responses/415"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/sources": {
        "get": {
          "operationId": "sources",
          "summary": "How the sources stand",
          "responses": {
            "200": {
              "description": "Those that are configured, and those that have reported",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sources"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/sources/{source}": {
        "get": {
          "operationId": "source",
          "summary": "How a source stands",
          "parameters": [{"$ref": "#/components/parameters/source"}],
          "responses": {
            "200": {
              "description": "Since the service was started",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Source"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/webhooks/shopify": {
        "post": {
          "operationId": "shopifyWebhook",
          "summary": "What Shopify tells of an order, signed over the raw body: docs/shopify.md",
          "parameters": [
            {
              "name": "X-Shopify-Topic",
              "in": "header",
              "required": true,
              "schema": {"$ref": "#/components/schemas/WebhookHeader"}
            },
            {
              "name": "X-Shopify-Shop-Domain",
              "in": "header",
              "required": true,
              "schema": {"$ref": "#/components/schemas/WebhookHeader"}
            },
            {
              "name": "X-Shopify-Hmac-Sha256",
              "in": "header",
              "required": true,
              "schema": {"$ref": "#/components/schemas/WebhookHeader"}
            },
            {
              "name": "X-Shopify-Webhook-Id",
              "in": "header",
              "required": true,
              "schema": {"$ref": "#/components/schemas/WebhookHeader"}
            },
            {
              "name": "X-Shopify-Event-Id",
              "in": "header",
              "required": true,
              "schema": {"$ref": "#/components/schemas/WebhookHeader"}
            }
          ],
          "requestBody": {"required": true, "content": {"application/json": {"schema": {}}}},
          "responses": {
            "200": {
              "description": "What it says is durable, or kept until it can be joined",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookOutcome"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {
              "description": "badSignature: of no shop that is known here",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "503": {"$ref": "#/components/responses/503"}
          },
          "security": []
        }
      },
      "/v1/webhooks": {
        "get": {
          "operationId": "webhooks",
          "summary": "What came of the shop's webhooks, by topic",
          "responses": {
            "200": {
              "description": "Since the service started",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Webhooks"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/webhooks/unjoined": {
        "get": {
          "operationId": "unjoinedWebhooks",
          "summary": "Webhooks that wait for something, the oldest thousand",
          "responses": {
            "200": {
              "description": "Each with what it waits for",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Unjoined"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/reconciliations": {
        "get": {
          "operationId": "listReconciliations",
          "summary": "The newest reports of drift, newest first",
          "parameters": [{"$ref": "#/components/parameters/limit"}],
          "responses": {
            "200": {
              "description": "What each comes to",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DriftReports"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        },
        "post": {
          "operationId": "askForReconciliation",
          "summary": "Ask for a look at the shop, a location or a key; what may be mended is mended",
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Look"}}}
          },
          "responses": {
            "202": {
              "description": "It will be looked at; the report comes under this name",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}, "Location": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AskedLook"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/snapshots/{source}": {
        "post": {
          "operationId": "sendSnapshot",
          "summary": "A source's complete list, up to 100 MiB: hold it against what is known, or rebuild from it",
          "parameters": [
            {"$ref": "#/components/parameters/source"},
            {"$ref": "#/components/parameters/listAsOf"},
            {"$ref": "#/components/parameters/listComplete"},
            {"$ref": "#/components/parameters/listLocation"},
            {"$ref": "#/components/parameters/listDryRun"},
            {"$ref": "#/components/parameters/listRefresh"},
            {"$ref": "#/components/parameters/listApply"},
            {"$ref": "#/components/parameters/listAllowShrink"}
          ],
          "requestBody": {
            "required": true,
            "content": {
              "application/jsonl": {"schema": {"type": "string"}},
              "application/x-ndjson": {"schema": {"type": "string"}},
              "text/csv": {"schema": {"type": "string"}}
            }
          },
          "responses": {
            "202": {
              "description": "It will be looked at; the report comes under this name",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}, "Location": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AskedLook"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "415": {"$ref": "#/components/responses/415"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/reconciliations/{report}": {
        "get": {
          "operationId": "getReconciliation",
          "summary": "A report of drift",
          "parameters": [{"$ref": "#/components/parameters/report"}, {"$ref": "#/components/parameters/reportFormat"}],
          "responses": {
            "200": {
              "description": "What differs, why, and what became of it",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/DriftReport"}},
                "text/csv": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}}
              }
            },
            "202": {
              "description": "It is being looked at",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}, "Location": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AskedLook"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/reconciliations/{report}/approve": {
        "post": {
          "operationId": "approveReconciliation",
          "summary": "Do what a report holds for a person",
          "parameters": [{"$ref": "#/components/parameters/report"}],
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DriftRows"}}}
          },
          "responses": {
            "200": {
              "description": "How it stands now",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DriftReport"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "409": {"$ref": "#/components/responses/409"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/reconciliations/{report}/reject": {
        "post": {
          "operationId": "rejectReconciliation",
          "summary": "Leave what a report holds as it is",
          "parameters": [{"$ref": "#/components/parameters/report"}],
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DriftRows"}}}
          },
          "responses": {
            "200": {
              "description": "How it stands now",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DriftReport"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "409": {"$ref": "#/components/responses/409"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/reconciliations/{report}/undo": {
        "post": {
          "operationId": "undoReconciliation",
          "summary": "Take back what a report corrected",
          "parameters": [{"$ref": "#/components/parameters/report"}],
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nothing"}}}
          },
          "responses": {
            "200": {
              "description": "How it stands now",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DriftReport"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/alerts": {
        "get": {
          "operationId": "listAlerts",
          "summary": "The newest alerts of the shop and how they stand, newest first",
          "parameters": [{"$ref": "#/components/parameters/limit"}],
          "responses": {
            "200": {
              "description": "How they stand",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Alerts"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/alerts/test": {
        "post": {
          "operationId": "testAlerts",
          "summary": "Send a message that says nothing, to see whether it arrives",
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nothing"}}}
          },
          "responses": {
            "202": {
              "description": "It is kept, and will be sent",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Alert"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/alerts/{alert}/retry": {
        "post": {
          "operationId": "retryAlert",
          "summary": "Send a message again at once, whatever became of it",
          "parameters": [{"$ref": "#/components/parameters/alert"}],
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nothing"}}}
          },
          "responses": {
            "202": {
              "description": "It will be sent",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Alert"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications": {
        "get": {
          "operationId": "publishing",
          "summary": "How the shop's stock is written to its channel",
          "responses": {
            "200": {
              "description": "Since the service started",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publishing"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/publications/stopped": {
        "get": {
          "operationId": "stoppedPublications",
          "summary": "Keys whose publication has stopped: dead letters, and what mends itself",
          "parameters": [
            {"$ref": "#/components/parameters/cursor"},
            {"$ref": "#/components/parameters/limit"}
          ],
          "responses": {
            "200": {
              "description": "A page, perhaps empty; next is where the list goes on",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StoppedPage"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications/preview": {
        "get": {
          "operationId": "previewPublications",
          "summary": "What would be written now, in its order: a dry run",
          "parameters": [
            {"$ref": "#/components/parameters/limit"}
          ],
          "responses": {
            "200": {
              "description": "Nothing is changed",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PublicationPreview"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"}
          }
        }
      },
      "/v1/publications/keys/{sku}/{location}": {
        "get": {
          "operationId": "publication",
          "summary": "How one key is published",
          "parameters": [
            {"$ref": "#/components/parameters/sku"},
            {"$ref": "#/components/parameters/location"}
          ],
          "responses": {
            "200": {
              "description": "As it stands, durably",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publication"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications/pause": {
        "post": {
          "operationId": "pausePublishing",
          "summary": "Stop all calls of the shop's channel; what is out is still heard",
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nothing"}}}
          },
          "responses": {
            "200": {
              "description": "Paused, through restarts too",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publishing"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications/resume": {
        "post": {
          "operationId": "resumePublishing",
          "summary": "Let the calls of the shop's channel go on",
          "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nothing"}}}
          },
          "responses": {
            "200": {
              "description": "Not paused",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publishing"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications/retry": {
        "post": {
          "operationId": "retryPublication",
          "summary": "Let a stopped key try again: it is read, then written",
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PublishedKey"}}}
          },
          "responses": {
            "200": {
              "description": "Done: how the key stands",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publication"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications/drop": {
        "post": {
          "operationId": "dropPublication",
          "summary": "Give up what a dead letter was to write: the key goes on with its next number",
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PublishedKey"}}}
          },
          "responses": {
            "200": {
              "description": "Done: how the key stands",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publication"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/v1/publications/force": {
        "post": {
          "operationId": "forcePublication",
          "summary": "Write the key's number once, whatever the channel holds",
          "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PublishedKey"}}}
          },
          "responses": {
            "200": {
              "description": "Done: how the key stands",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Publication"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "401": {"$ref": "#/components/responses/401"},
            "403": {"$ref": "#/components/responses/403"},
            "404": {"$ref": "#/components/responses/404"},
            "408": {"$ref": "#/components/responses/408"},
            "409": {"$ref": "#/components/responses/409"},
            "413": {"$ref": "#/components/responses/413"},
            "422": {"$ref": "#/components/responses/422"},
            "429": {"$ref": "#/components/responses/429"},
            "503": {"$ref": "#/components/responses/503"}
          }
        }
      },
      "/livez": {
        "get": {
          "operationId": "livez",
          "summary": "Whether the process lives",
          "responses": {
            "200": {
              "description": "It does",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}
            },
            "400": {"$ref": "#/components/responses/400"}
          },
          "security": []
        }
      },
      "/readyz": {
        "get": {
          "operationId": "readyz",
          "summary": "Whether commands can be taken",
          "responses": {
            "200": {
              "description": "They can",
              "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}
            },
            "400": {"$ref": "#/components/responses/400"},
            "503": {"$ref": "#/components/responses/503"}
          },
          "security": []
        }
      },
      "/openapi.json": {
        "get": {
          "operationId": "openapi",
          "summary": "This document",
          "responses": {
            "200": {
              "description": "OpenAPI 3.1",
              "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "400": {"$ref": "#/components/responses/400"}
          },
          "security": []
        }
      }
    },
    "components": {
      "securitySchemes": {
        "key": {"type": "http", "scheme": "bearer"},
        "signingKey": {
          "type": "apiKey",
          "in": "header",
          "name": "Holdfast-Key",
          "description": "The id of the key that signs."
        },
        "signature": {
          "type": "apiKey",
          "in": "header",
          "name": "Holdfast-Signature",
          "description": "t=<seconds>,v1=<hexadecimal HMAC-SHA-256 over the time, a full stop and the body>."
        }
      },
      "parameters": {
        "listAsOf": {
          "name": "asOf",
          "in": "query",
          "schema": {"$ref": "#/components/schemas/Time"},
          "description": "When all of it was true, also of rows that name no time; a refresh needs it"
        },
        "listComplete": {
          "name": "complete",
          "in": "query",
          "schema": {"type": "string"},
          "description": "Of allocated, pending and open those of which it names every line"
        },
        "listLocation": {
          "name": "location",
          "in": "query",
          "schema": {"$ref": "#/components/schemas/KeyPart"},
          "description": "Look at one location alone"
        },
        "listDryRun": {
          "name": "dryRun",
          "in": "query",
          "schema": {"type": "boolean"},
          "description": "True where nothing is to be mended"
        },
        "listRefresh": {
          "name": "refresh",
          "in": "query",
          "schema": {"type": "boolean"},
          "description": "Rebuild from the list; what it lacks is none"
        },
        "listApply": {
          "name": "apply",
          "in": "query",
          "schema": {"type": "boolean"},
          "description": "With refresh: at once; else every row waits for a yes"
        },
        "listAllowShrink": {
          "name": "allowShrink",
          "in": "query",
          "schema": {"type": "boolean"},
          "description": "With refresh: the list may be far smaller than what is known"
        },
        "alert": {
          "name": "alert",
          "in": "path",
          "required": true,
          "schema": {"type": "string", "minLength": 1}
        },
        "report": {
          "name": "report",
          "in": "path",
          "required": true,
          "description": "The report's name",
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "reportFormat": {
          "name": "format",
          "in": "query",
          "description": "json, csv (one row for each drift) or html (one page that opens anywhere)",
          "schema": {"type": "string", "enum": ["json", "csv", "html"]}
        },
        "onlySKU": {
          "name": "sku",
          "in": "query",
          "required": false,
          "description": "Only this SKU.",
          "schema": {"type": "string", "minLength": 1}
        },
        "lowAt": {
          "name": "lowAt",
          "in": "query",
          "required": false,
          "description": "Stock is low at so many units or fewer: lowStock tells when that begins and ends.",
          "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9007199254740992}
        },
        "LastEventID": {
          "name": "Last-Event-ID",
          "in": "header",
          "required": false,
          "description": "The id of the last event that was heard: what was missed since is told first.",
          "schema": {"type": "string", "pattern": "^t[0-9]{1,15}$"}
        },
        "sku": {
          "name": "sku",
          "in": "path",
          "required": true,
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "location": {
          "name": "location",
          "in": "path",
          "required": true,
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "source": {
          "name": "source",
          "in": "path",
          "required": true,
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "reservation": {
          "name": "reservation",
          "in": "path",
          "required": true,
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "cart": {
          "name": "cart",
          "in": "path",
          "required": true,
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "cursor": {
          "name": "cursor",
          "in": "query",
          "required": false,
          "description": "What next of the page before said.",
          "schema": {"type": "string", "minLength": 1}
        },
        "limit": {
          "name": "limit",
          "in": "query",
          "required": false,
          "description": "The most that a page shows.",
          "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 1000, "default": 100}
        },
        "skuPrefix": {
          "name": "skuPrefix",
          "in": "query",
          "required": false,
          "description": "SKUs that begin so, byte by byte.",
          "schema": {"type": "string", "minLength": 1}
        },
        "atLocation": {
          "name": "location",
          "in": "query",
          "required": false,
          "description": "Only this location.",
          "schema": {"type": "string", "minLength": 1}
        },
        "shortfall": {
          "name": "shortfall",
          "in": "query",
          "required": false,
          "description": "true: only where more is claimed than there is.",
          "schema": {"type": "boolean"}
        },
        "availableAtMost": {
          "name": "availableAtMost",
          "in": "query",
          "required": false,
          "description": "Only where at most so many units may be promised.",
          "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9007199254740992}
        },
        "availableAtLeast": {
          "name": "availableAtLeast",
          "in": "query",
          "required": false,
          "description": "Only where at least so many units may be promised.",
          "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9007199254740992}
        },
        "at": {
          "name": "at",
          "in": "query",
          "required": false,
          "description": "As it was after an entry, as 17-1234, or at a time.",
          "schema": {"type": "string", "minLength": 1}
        },
        "afterEntry": {
          "name": "after",
          "in": "query",
          "required": false,
          "description": "Entries after this one, oldest first.",
          "schema": {"$ref": "#/components/schemas/Entry"}
        },
        "beforeEntry": {
          "name": "before",
          "in": "query",
          "required": false,
          "description": "Entries before this one, newest first.",
          "schema": {"$ref": "#/components/schemas/Entry"}
        },
        "IdempotencyKey": {
          "name": "Idempotency-Key",
          "in": "header",
          "required": false,
          "description": "The name of what is made; the same again gets the same answer.",
          "schema": {"type": "string", "minLength": 1, "maxLength": 128}
        },
        "IfNoneMatch": {
          "name": "If-None-Match",
          "in": "header",
          "required": false,
          "schema": {"type": "string"}
        }
      },
      "schemas": {
        "Alert": {
          "type": "object",
          "required": ["id", "kind", "at", "state", "tries"],
          "properties": {
            "id": {"type": "string"},
            "kind": {"enum": ["drift", "shortfall", "lowStock", "sourceSilent", "sourceBack", "test"]},
            "at": {"$ref": "#/components/schemas/Time"},
            "state": {"enum": ["waiting", "delivered", "dead"]},
            "tries": {"type": "integer", "minimum": 0},
            "lastStatus": {
              "type": "integer",
              "description": "What the receiver answered last; left out where it did not"
            },
            "lastTryAt": {"$ref": "#/components/schemas/Time"},
            "trouble": {"type": "string", "description": "Why the last try failed"},
            "nextTryAt": {"$ref": "#/components/schemas/Time"}
          }
        },
        "Alerts": {
          "type": "object",
          "required": ["alerts"],
          "properties": {
            "alerts": {"type": "array", "items": {"$ref": "#/components/schemas/Alert"}}
          }
        },
        "Look": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "dryRun": {"type": "boolean", "default": false},
            "source": {
              "$ref": "#/components/schemas/Identifier",
              "description": "The source whose list alone is looked at: one with a snapshot.url"
            },
            "refresh": {
              "type": "boolean",
              "default": false,
              "description": "Rebuild from the list; what it lacks is none"
            },
            "apply": {"type": "boolean", "description": "With refresh: at once; else every row waits for a yes"},
            "allowShrink": {
              "type": "boolean",
              "description": "With refresh: the list may be far smaller than what is known"
            }
          },
          "additionalProperties": false
        },
        "AskedLook": {"type": "object", "properties": {"report": {"type": "string"}}, "required": ["report"]},
        "DriftRows": {
          "type": "object",
          "properties": {
            "rows": {
              "type": "array",
              "items": {"type": "integer", "format": "int64"},
              "description": "Numbers of rows; all that wait where it is left out"
            }
          },
          "additionalProperties": false
        },
        "DriftReports": {
          "type": "object",
          "properties": {
            "reports": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "report": {"type": "string"},
                  "startedAt": {"type": "string"},
                  "dryRun": {"type": "boolean"},
                  "compared": {"type": "integer", "format": "int64", "minimum": 0},
                  "drifted": {"type": "integer", "format": "int64", "minimum": 0},
                  "mended": {"type": "integer", "format": "int64", "minimum": 0},
                  "open": {"type": "integer", "format": "int64", "minimum": 0}
                },
                "required": ["report", "startedAt", "dryRun", "compared", "drifted", "mended", "open"]
              }
            }
          },
          "required": ["reports"]
        },
        "DriftReport": {
          "type": "object",
          "properties": {
            "report": {"type": "string"},
            "shop": {"type": "string"},
            "sku": {"type": "string"},
            "location": {"type": "string"},
            "startedAt": {"type": "string"},
            "endedAt": {"type": "string"},
            "ordersSeenUntil": {"type": "string"},
            "dryRun": {"type": "boolean"},
            "refresh": {
              "type": "object",
              "properties": {"applied": {"type": "boolean"}, "shrinkAllowed": {"type": "boolean"}},
              "required": ["applied", "shrinkAllowed"]
            },
            "lists": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "source": {"type": "string"},
                  "asOf": {"type": "string"},
                  "rows": {"type": "integer", "format": "int64", "minimum": 0},
                  "believed": {"type": "boolean"}
                },
                "required": ["source", "rows", "believed"]
              }
            },
            "compared": {"type": "integer", "format": "int64", "minimum": 0},
            "inStep": {"type": "integer", "format": "int64", "minimum": 0},
            "inFlight": {"type": "integer", "format": "int64", "minimum": 0},
            "drifted": {"type": "integer", "format": "int64", "minimum": 0},
            "open": {"type": "integer", "format": "int64", "minimum": 0},
            "rowsLeftOut": {"type": "integer", "format": "int64", "minimum": 0},
            "classes": {"type": "object", "additionalProperties": {"type": "integer", "format": "int64", "minimum": 0}},
            "states": {"type": "object", "additionalProperties": {"type": "integer", "format": "int64", "minimum": 0}},
            "failures": {"type": "array", "items": {"type": "string"}},
            "rows": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "row": {"type": "integer", "format": "int64", "minimum": 0},
                  "sku": {"type": "string"},
                  "location": {"type": "string"},
                  "channel": {"type": "string"},
                  "source": {"type": "string"},
                  "component": {"type": "string"},
                  "ours": {"type": "integer", "format": "int64"},
                  "theirs": {"type": "integer", "format": "int64"},
                  "difference": {"type": "integer", "format": "int64"},
                  "class": {"type": "string"},
                  "cause": {"type": "string"},
                  "action": {"type": "string"},
                  "words": {"type": "string"},
                  "state": {"type": "string"},
                  "remark": {"type": "string"}
                },
                "required": ["row", "class", "cause", "action", "state"]
              }
            }
          },
          "required": [
            "report",
            "shop",
            "startedAt",
            "endedAt",
            "dryRun",
            "lists",
            "compared",
            "inStep",
            "inFlight",
            "drifted",
            "open",
            "rowsLeftOut",
            "classes",
            "states",
            "failures",
            "rows"
          ]
        },
        "Identifier": {
          "description": "A name given by the client: 1 to 128 bytes without control characters, or an integer.",
          "type": ["string", "integer"],
          "minLength": 1,
          "maxLength": 128,
          "minimum": 0
        },
        "KeyPart": {
          "description": "A SKU or a location, compared byte by byte.",
          "type": "string",
          "minLength": 1,
          "maxLength": 128
        },
        "Time": {"type": "string", "description": "ISO 8601 with Z or an offset.", "format": "date-time"},
        "Quantity": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 1000000000},
        "Entry": {
          "type": "string",
          "description": "<shard>-<number>; numbers of a shard grow.",
          "pattern": "^[0-9]+-[0-9]+$"
        },
        "Hold": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "units": {"$ref": "#/components/schemas/Quantity"},
            "reservation": {"$ref": "#/components/schemas/Identifier"},
            "ttlMs": {
              "type": "integer",
              "format": "int64",
              "minimum": 1,
              "maximum": 14400000,
              "default": 600000
            },
            "channel": {"$ref": "#/components/schemas/Identifier"},
            "customer": {"$ref": "#/components/schemas/Identifier"},
            "reference": {"$ref": "#/components/schemas/Identifier"},
            "requestedAt": {"$ref": "#/components/schemas/Time"}
          },
          "required": ["sku", "location", "units"],
          "additionalProperties": false
        },
        "Confirm": {
          "type": "object",
          "properties": {
            "claim": {"$ref": "#/components/schemas/Identifier"},
            "line": {"type": "string", "enum": ["order", "sale"]},
            "cumulative": {"$ref": "#/components/schemas/Quantity"},
            "whenExpired": {"type": "string", "enum": ["refuse", "rehold"]}
          },
          "required": ["claim"],
          "additionalProperties": false
        },
        "Release": {
          "type": "object",
          "properties": {"units": {"$ref": "#/components/schemas/Quantity"}},
          "additionalProperties": false
        },
        "Extend": {
          "type": "object",
          "properties": {"expiresAt": {"$ref": "#/components/schemas/Time"}},
          "required": ["expiresAt"],
          "additionalProperties": false
        },
        "Count": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "source": {"$ref": "#/components/schemas/Identifier"},
            "units": {
              "type": "integer",
              "format": "int64",
              "minimum": -9007199254740992,
              "maximum": 9007199254740992
            },
            "asOf": {"$ref": "#/components/schemas/Time"},
            "delivery": {"$ref": "#/components/schemas/Identifier"},
            "physical": {"type": "boolean"},
            "includes": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Time"}}
          },
          "required": ["sku", "location", "source", "units", "asOf"],
          "additionalProperties": false
        },
        "First": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"}
          },
          "required": ["sku"],
          "additionalProperties": false
        },
        "Cart": {
          "type": "object",
          "properties": {
            "cart": {"$ref": "#/components/schemas/Identifier"},
            "lines": {
              "type": "array",
              "maxItems": 1000,
              "items": {
                "type": "object",
                "properties": {
                  "sku": {"$ref": "#/components/schemas/KeyPart"},
                  "location": {"$ref": "#/components/schemas/KeyPart"},
                  "units": {"$ref": "#/components/schemas/Quantity"}
                },
                "required": ["sku", "location", "units"],
                "additionalProperties": false
              }
            },
            "ttlMs": {
              "type": "integer",
              "format": "int64",
              "minimum": 1,
              "maximum": 14400000,
              "default": 600000
            },
            "channel": {"$ref": "#/components/schemas/Identifier"},
            "customer": {"$ref": "#/components/schemas/Identifier"},
            "reference": {"$ref": "#/components/schemas/Identifier"},
            "requestedAt": {"$ref": "#/components/schemas/Time"}
          },
          "required": ["lines"],
          "additionalProperties": false
        },
        "CartConfirm": {
          "type": "object",
          "properties": {
            "first": {"$ref": "#/components/schemas/First"},
            "lines": {
              "type": "array",
              "maxItems": 1000,
              "items": {
                "type": "object",
                "properties": {
                  "sku": {"$ref": "#/components/schemas/KeyPart"},
                  "location": {"$ref": "#/components/schemas/KeyPart"},
                  "claim": {"$ref": "#/components/schemas/Identifier"},
                  "line": {"type": "string", "enum": ["order", "sale"]}
                },
                "required": ["sku", "location", "claim"],
                "additionalProperties": false
              }
            }
          },
          "required": ["first", "lines"],
          "additionalProperties": false
        },
        "CartRelease": {
          "type": "object",
          "properties": {"first": {"$ref": "#/components/schemas/First"}},
          "required": ["first"],
          "additionalProperties": false
        },
        "CartExtend": {
          "type": "object",
          "properties": {
            "first": {"$ref": "#/components/schemas/First"},
            "expiresAt": {"$ref": "#/components/schemas/Time"}
          },
          "required": ["first", "expiresAt"],
          "additionalProperties": false
        },
        "Command": {
          "description": "What a body of its own would say, and: do, sku, location, reservation.",
          "type": "object",
          "properties": {"do": {"type": "string", "enum": ["hold", "confirm", "release", "extend", "count"]}},
          "required": ["do"]
        },
        "Receipt": {
          "type": "object",
          "properties": {
            "reservation": {"type": "string"},
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "units": {"type": "integer", "format": "int64"},
            "expiresAt": {"$ref": "#/components/schemas/Time"},
            "availableToSell": {"type": "integer", "format": "int64", "minimum": 0},
            "entry": {"$ref": "#/components/schemas/Entry"},
            "duplicate": {"type": "boolean"},
            "flags": {"type": "array", "items": {"type": "string"}}
          },
          "required": ["sku", "location", "availableToSell", "entry", "duplicate"]
        },
        "Reservation": {
          "type": "object",
          "properties": {
            "reservation": {"type": "string"},
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "units": {"type": "integer", "format": "int64"},
            "live": {"type": "integer", "format": "int64", "minimum": 0},
            "confirmed": {"type": "integer", "format": "int64", "minimum": 0},
            "released": {"type": "integer", "format": "int64", "minimum": 0},
            "expired": {"type": "integer", "format": "int64", "minimum": 0},
            "heldAt": {"$ref": "#/components/schemas/Time"},
            "expiresAt": {"$ref": "#/components/schemas/Time"},
            "cartLine": {"type": "boolean"},
            "channel": {"type": "string"},
            "customer": {"type": "string"},
            "reference": {"type": "string"},
            "claim": {"type": "string"},
            "entry": {"$ref": "#/components/schemas/Entry"},
            "ageMs": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": [
            "reservation",
            "sku",
            "location",
            "units",
            "live",
            "confirmed",
            "released",
            "expired",
            "expiresAt",
            "entry",
            "ageMs"
          ]
        },
        "CartReceipt": {
          "type": "object",
          "properties": {
            "cart": {"type": "string"},
            "first": {"$ref": "#/components/schemas/First"},
            "expiresAt": {"$ref": "#/components/schemas/Time"},
            "entry": {"$ref": "#/components/schemas/Entry"},
            "duplicate": {"type": "boolean"},
            "lines": {"type": "array", "items": {"type": "object"}}
          },
          "required": ["cart", "entry", "duplicate"]
        },
        "Stock": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "availableToSell": {"type": "integer", "format": "int64", "minimum": 0},
            "onHand": {"type": "integer", "format": "int64"},
            "allocated": {"type": "integer", "format": "int64"},
            "pending": {"type": "integer", "format": "int64"},
            "open": {"type": "integer", "format": "int64"},
            "safetyBuffer": {"type": "integer", "format": "int64"},
            "reserved": {"type": "integer", "format": "int64"},
            "shortfall": {"type": "integer", "format": "int64", "minimum": 0},
            "liveReservations": {"type": "integer", "format": "int64", "minimum": 0},
            "uncoveredClaims": {"type": "array", "items": {"type": "string"}},
            "entry": {"$ref": "#/components/schemas/Entry"},
            "ageMs": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": ["sku", "location", "availableToSell", "entry", "ageMs"]
        },
        "StockPage": {
          "type": "object",
          "properties": {
            "stock": {"type": "array", "items": {"$ref": "#/components/schemas/Stock"}},
            "next": {"type": "string", "description": "The cursor of the next page; left out where there is none."},
            "ageMs": {"type": "integer", "format": "int64", "minimum": 0},
            "shardsElsewhere": {
              "type": "integer",
              "format": "int64",
              "description": "Shards of other nodes: what is in them is not listed. Left out where there are none.",
              "minimum": 1,
              "maximum": 256
            }
          },
          "required": ["stock", "ageMs"]
        },
        "StockAccount": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "availableToSell": {"type": "integer", "format": "int64", "minimum": 0},
            "components": {
              "type": "object",
              "properties": {
                "onHand": {"$ref": "#/components/schemas/ComponentAccount"},
                "allocated": {"$ref": "#/components/schemas/ComponentAccount"},
                "pending": {"$ref": "#/components/schemas/ComponentAccount"},
                "open": {"$ref": "#/components/schemas/ComponentAccount"}
              },
              "required": ["onHand", "allocated", "pending", "open"]
            },
            "safetyBuffer": {"type": "integer", "format": "int64", "minimum": 0},
            "reserved": {"type": "integer", "format": "int64", "minimum": 0},
            "sources": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "source": {"type": "string"},
                  "lastDelivery": {"type": "string"},
                  "lastAt": {"$ref": "#/components/schemas/Time"},
                  "deliveries": {"type": "integer", "format": "int64", "minimum": 1},
                  "flagged": {"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}}
                },
                "required": ["source", "lastDelivery", "lastAt", "deliveries", "flagged"]
              }
            },
            "unnamedClaims": {"type": "array", "items": {"type": "string"}},
            "entry": {"$ref": "#/components/schemas/Entry"},
            "ageMs": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": ["sku", "location", "availableToSell", "components", "sources", "entry", "ageMs"]
        },
        "ComponentAccount": {
          "type": "object",
          "properties": {
            "units": {"type": "integer", "format": "int64"},
            "owner": {"type": "string"},
            "count": {
              "type": "object",
              "properties": {
                "units": {"type": "integer", "format": "int64"},
                "asOf": {"$ref": "#/components/schemas/Time"},
                "source": {"type": "string"},
                "laterAdjustments": {"type": "integer", "format": "int64", "minimum": 0}
              },
              "required": ["units", "asOf", "source", "laterAdjustments"]
            },
            "sum": {
              "type": "object",
              "properties": {
                "units": {"type": "integer", "format": "int64"},
                "asOf": {"$ref": "#/components/schemas/Time"},
                "source": {"type": "string"},
                "since": {"$ref": "#/components/schemas/Time"},
                "out": {"type": "integer", "format": "int64"},
                "aggregateOnly": {"type": "boolean"}
              },
              "required": ["units", "asOf", "source"]
            },
            "fallen": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "units": {"type": "integer", "format": "int64"},
                  "asOf": {"$ref": "#/components/schemas/Time"},
                  "source": {"type": "string"},
                  "fellAt": {"$ref": "#/components/schemas/Time"}
                },
                "required": ["units", "asOf", "source", "fellAt"]
              }
            },
            "claims": {"type": "integer", "format": "int64", "minimum": 0},
            "claimUnits": {"type": "integer", "format": "int64", "minimum": 0},
            "shippedUnits": {"type": "integer", "format": "int64"},
            "marks": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "source": {"type": "string"},
                  "asOf": {"$ref": "#/components/schemas/Time"},
                  "incarnation": {"type": "integer", "format": "int64"},
                  "number": {"type": "integer", "format": "int64"},
                  "largestNumber": {"type": "integer", "format": "int64"}
                },
                "required": ["source"]
              }
            }
          },
          "required": ["units", "marks"]
        },
        "EntryPage": {
          "type": "object",
          "properties": {
            "entries": {"type": "array", "items": {"$ref": "#/components/schemas/AuditedEntry"}},
            "next": {"$ref": "#/components/schemas/Entry"}
          },
          "required": ["entries"]
        },
        "Explanation": {
          "description": "What earlier says, changed step by step, is what stock says at the moment.",
          "allOf": [{"$ref": "#/components/schemas/Stock"}],
          "type": "object",
          "properties": {
            "shop": {"type": "string"},
            "at": {"$ref": "#/components/schemas/Time"},
            "earlier": {"$ref": "#/components/schemas/EarlierStock"},
            "steps": {"type": "array", "items": {"$ref": "#/components/schemas/ExplainedStep"}}
          },
          "required": ["shop", "steps"]
        },
        "EarlierStock": {
          "description": "What was so before the first step; left out where nothing was.",
          "type": "object",
          "properties": {
            "onHand": {"type": "integer", "format": "int64"},
            "allocated": {"type": "integer", "format": "int64"},
            "pending": {"type": "integer", "format": "int64"},
            "open": {"type": "integer", "format": "int64"},
            "safetyBuffer": {"type": "integer", "format": "int64"},
            "reserved": {"type": "integer", "format": "int64"},
            "availableToSell": {"type": "integer", "format": "int64", "minimum": 0},
            "through": {"$ref": "#/components/schemas/Entry"},
            "changes": {
              "type": "integer",
              "format": "int64",
              "description": "How many entries changed a number until then; left out where they were not looked at.",
              "minimum": 0
            },
            "trimmed": {"type": "boolean", "description": "True where those entries are not kept any more."}
          },
          "required": ["availableToSell", "through", "trimmed"]
        },
        "ExplainedStep": {
          "description": "What docs/guide.md lists under tail, in words too, and what it changed.",
          "type": "object",
          "properties": {
            "entry": {"$ref": "#/components/schemas/Entry"},
            "at": {"$ref": "#/components/schemas/Time"},
            "kind": {"type": "string"},
            "words": {"type": "string"},
            "changes": {"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}},
            "availableToSellBefore": {"type": "integer", "format": "int64", "minimum": 0},
            "availableToSellAfter": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": ["at", "kind", "words", "changes", "availableToSellBefore", "availableToSellAfter"]
        },
        "AuditedEntry": {
          "description": "What docs/guide.md lists under tail, and what could be sold before and after.",
          "type": "object",
          "properties": {
            "entry": {"$ref": "#/components/schemas/Entry"},
            "at": {"$ref": "#/components/schemas/Time"},
            "shop": {"type": "string"},
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "kind": {"type": "string"},
            "availableToSellBefore": {"type": "integer", "format": "int64", "minimum": 0},
            "availableToSellAfter": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": ["entry", "at", "shop", "sku", "location", "kind"]
        },
        "ItemStock": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "availableToSell": {"type": "integer", "format": "int64", "minimum": 0},
            "ageMs": {"type": "integer", "format": "int64", "minimum": 0},
            "locations": {"type": "array", "items": {"$ref": "#/components/schemas/Stock"}}
          },
          "required": ["sku", "availableToSell", "ageMs", "locations"]
        },
        "Units": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9007199254740992},
        "Skew": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 86400000},
        "CustomerLimit": {
          "type": "object",
          "properties": {
            "units": {"$ref": "#/components/schemas/Units"},
            "since": {"$ref": "#/components/schemas/Time"}
          },
          "required": ["units"],
          "additionalProperties": false
        },
        "Policy": {
          "description": "All that a level says; what is left out is withdrawn there.",
          "type": "object",
          "properties": {
            "safetyBuffer": {"$ref": "#/components/schemas/Units"},
            "owners": {
              "type": "object",
              "properties": {
                "onHand": {"$ref": "#/components/schemas/Identifier"},
                "allocated": {"$ref": "#/components/schemas/Identifier"},
                "pending": {"$ref": "#/components/schemas/Identifier"},
                "open": {"$ref": "#/components/schemas/Identifier"}
              },
              "additionalProperties": false
            },
            "skew": {"$ref": "#/components/schemas/Skew"},
            "skews": {
              "type": "array",
              "maxItems": 256,
              "items": {
                "type": "object",
                "properties": {
                  "count": {"$ref": "#/components/schemas/Identifier"},
                  "claims": {"$ref": "#/components/schemas/Identifier"},
                  "milliseconds": {"$ref": "#/components/schemas/Skew"}
                },
                "required": ["count", "claims", "milliseconds"],
                "additionalProperties": false
              }
            },
            "openFallsTo": {"type": "string", "enum": ["allocated", "onHand", "none"]},
            "othersFallTo": {"type": "string", "enum": ["onHand", "none"]},
            "channels": {
              "type": "array",
              "maxItems": 256,
              "items": {
                "type": "object",
                "properties": {
                  "channel": {"$ref": "#/components/schemas/Identifier"},
                  "buffer": {"$ref": "#/components/schemas/Units"},
                  "quota": {"$ref": "#/components/schemas/Units"},
                  "quotaSince": {"$ref": "#/components/schemas/Time"}
                },
                "required": ["channel"],
                "additionalProperties": false
              }
            },
            "customerLimit": {"$ref": "#/components/schemas/CustomerLimit"}
          },
          "additionalProperties": false
        },
        "ItemRules": {
          "type": "object",
          "properties": {
            "channels": {
              "type": "array",
              "maxItems": 256,
              "items": {
                "type": "object",
                "properties": {
                  "channel": {"$ref": "#/components/schemas/Identifier"},
                  "quota": {"$ref": "#/components/schemas/Units"},
                  "quotaSince": {"$ref": "#/components/schemas/Time"}
                },
                "required": ["channel", "quota"],
                "additionalProperties": false
              }
            },
            "customerLimit": {"$ref": "#/components/schemas/CustomerLimit"}
          },
          "additionalProperties": false
        },
        "PolicyLevel": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "says": {"$ref": "#/components/schemas/Policy"},
            "resolved": {"$ref": "#/components/schemas/Policy"},
            "entry": {"$ref": "#/components/schemas/Entry"},
            "duplicate": {"type": "boolean"}
          },
          "required": ["says"]
        },
        "PolicyPage": {
          "type": "object",
          "properties": {
            "levels": {
              "type": "array",
              "items": {
                "description": "Of the shop without sku, of a SKU without location.",
                "type": "object",
                "properties": {
                  "sku": {"$ref": "#/components/schemas/KeyPart"},
                  "location": {"$ref": "#/components/schemas/KeyPart"},
                  "says": {"$ref": "#/components/schemas/Policy"},
                  "rules": {"$ref": "#/components/schemas/ItemRules"}
                },
                "minProperties": 1,
                "additionalProperties": false
              }
            },
            "next": {"type": "string", "description": "The cursor of the next page; left out where there is none."},
            "shardsElsewhere": {
              "type": "integer",
              "format": "int64",
              "description": "Shards of other nodes: what is in them is not listed. Left out where there are none.",
              "minimum": 1,
              "maximum": 256
            }
          },
          "required": ["levels"]
        },
        "FreeFallen": {
          "type": "object",
          "properties": {
            "component": {"type": "string", "enum": ["allocated", "pending", "open"]},
            "upTo": {"$ref": "#/components/schemas/Time"}
          },
          "required": ["component", "upTo"],
          "additionalProperties": false
        },
        "ResetMark": {
          "type": "object",
          "properties": {
            "component": {"type": "string", "enum": ["onHand", "allocated", "pending", "open"]},
            "source": {"$ref": "#/components/schemas/Identifier"}
          },
          "required": ["component", "source"],
          "additionalProperties": false
        },
        "RowFault": {
          "type": "object",
          "properties": {
            "line": {"type": "integer", "format": "int64", "minimum": 0},
            "field": {"type": "string"},
            "sku": {"type": "string"},
            "location": {"type": "string"},
            "code": {"type": "string"},
            "reason": {"type": "string"},
            "whatToDo": {"type": "string"}
          },
          "required": ["line", "code", "reason", "whatToDo"]
        },
        "Intake": {
          "type": "object",
          "properties": {
            "source": {"type": "string"},
            "rows": {"type": "integer", "format": "int64", "minimum": 0},
            "taken": {"type": "integer", "format": "int64", "minimum": 0},
            "duplicates": {"type": "integer", "format": "int64", "minimum": 0},
            "stale": {"type": "integer", "format": "int64", "minimum": 0},
            "gaps": {"type": "integer", "format": "int64", "minimum": 0},
            "refused": {"type": "integer", "format": "int64", "minimum": 0},
            "rejected": {"type": "integer", "format": "int64", "minimum": 0},
            "refusedByCode": {
              "type": "object",
              "additionalProperties": {"type": "integer", "format": "int64", "minimum": 0}
            },
            "faults": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/RowFault"}},
            "faultsLeftOut": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": [
            "source",
            "rows",
            "taken",
            "duplicates",
            "stale",
            "gaps",
            "refused",
            "rejected",
            "refusedByCode",
            "faults",
            "faultsLeftOut"
          ]
        },
        "Source": {
          "type": "object",
          "properties": {
            "source": {"type": "string"},
            "kind": {"type": "string", "enum": ["push", "drop", "pull"]},
            "state": {"type": "string", "enum": ["ok", "silent", "failing"]},
            "since": {"$ref": "#/components/schemas/Time"},
            "deliveries": {"type": "integer", "format": "int64", "minimum": 0},
            "lastDelivery": {
              "type": "object",
              "properties": {"name": {"type": "string"}, "at": {"$ref": "#/components/schemas/Time"}},
              "required": ["name", "at"]
            },
            "silentMs": {"type": "integer", "format": "int64", "minimum": 0},
            "expectedEveryMs": {"type": "integer", "format": "int64", "minimum": 0},
            "newestReportAt": {"$ref": "#/components/schemas/Time"},
            "lagMs": {"type": "integer", "format": "int64", "minimum": 0},
            "rows": {"type": "integer", "format": "int64", "minimum": 0},
            "taken": {"type": "integer", "format": "int64", "minimum": 0},
            "duplicates": {"type": "integer", "format": "int64", "minimum": 0},
            "stale": {"type": "integer", "format": "int64", "minimum": 0},
            "gaps": {"type": "integer", "format": "int64", "minimum": 0},
            "refused": {"type": "integer", "format": "int64", "minimum": 0},
            "rejected": {"type": "integer", "format": "int64", "minimum": 0},
            "lastFailure": {
              "type": "object",
              "properties": {"reason": {"type": "string"}, "at": {"$ref": "#/components/schemas/Time"}},
              "required": ["reason", "at"]
            },
            "nextPollAt": {"$ref": "#/components/schemas/Time"},
            "filesWaiting": {"type": "integer", "format": "int64", "minimum": 0},
            "filesFailed": {"type": "integer", "format": "int64", "minimum": 0},
            "filesRepeated": {"type": "integer", "format": "int64", "minimum": 0},
            "refusedByCode": {
              "type": "object",
              "additionalProperties": {"type": "integer", "format": "int64", "minimum": 0}
            },
            "faults": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/RowFault"}},
            "faultsLeftOut": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": [
            "source",
            "kind",
            "state",
            "since",
            "deliveries",
            "silentMs",
            "rows",
            "taken",
            "duplicates",
            "stale",
            "gaps",
            "refused",
            "rejected",
            "refusedByCode",
            "faults",
            "faultsLeftOut"
          ]
        },
        "Sources": {
          "type": "object",
          "properties": {
            "sources": {"type": "array", "items": {"$ref": "#/components/schemas/Source"}}
          },
          "required": ["sources"]
        },
        "Answers": {
          "type": "object",
          "properties": {
            "answers": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "line": {"type": "integer", "format": "int64", "minimum": 1},
                  "status": {"type": "integer", "format": "int64", "minimum": 200, "maximum": 599}
                },
                "required": ["line", "status"]
              }
            }
          },
          "required": ["answers"]
        },
        "WebhookHeader": {"type": "string", "minLength": 1, "maxLength": 256},
        "WebhookOutcome": {
          "type": "object",
          "properties": {"outcome": {"type": "string", "enum": ["applied", "duplicate", "kept", "ignored"]}},
          "required": ["outcome"]
        },
        "Webhooks": {
          "type": "object",
          "properties": {
            "domain": {"type": "string"},
            "uninstalledAt": {"$ref": "#/components/schemas/Time"},
            "unjoined": {"type": "integer", "format": "int64", "minimum": 0},
            "topics": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "topic": {"type": "string"},
                  "deliveries": {"type": "integer", "format": "int64", "minimum": 1},
                  "lastAt": {"$ref": "#/components/schemas/Time"}
                },
                "required": ["topic", "deliveries", "lastAt"]
              }
            }
          },
          "required": ["unjoined", "topics"]
        },
        "Unjoined": {
          "type": "object",
          "properties": {
            "count": {"type": "integer", "format": "int64", "minimum": 0},
            "unjoined": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "topic": {"type": "string"},
                  "event": {"type": "string"},
                  "webhook": {"type": "string"},
                  "order": {"type": "string"},
                  "reason": {"type": "string"},
                  "receivedAt": {"$ref": "#/components/schemas/Time"}
                },
                "required": ["topic", "event", "webhook", "reason", "receivedAt"]
              }
            }
          },
          "required": ["count", "unjoined"]
        },
        "Publishing": {
          "type": "object",
          "properties": {
            "channel": {"type": "string"},
            "paused": {"type": "boolean"},
            "down": {"type": "boolean"},
            "dryRun": {"type": "boolean"},
            "waitingSince": {"$ref": "#/components/schemas/Time"},
            "keys": {
              "type": "object",
              "properties": {
                "active": {"type": "integer", "format": "int64", "minimum": 0},
                "toWrite": {"type": "integer", "format": "int64", "minimum": 0},
                "toRead": {"type": "integer", "format": "int64", "minimum": 0},
                "stopped": {"type": "integer", "format": "int64", "minimum": 0}
              },
              "required": ["active", "toWrite", "toRead", "stopped"]
            },
            "calls": {
              "type": "object",
              "properties": {
                "out": {"type": "integer", "format": "int64", "minimum": 0},
                "writes": {"type": "integer", "format": "int64", "minimum": 0},
                "reads": {"type": "integer", "format": "int64", "minimum": 0},
                "accepted": {"type": "integer", "format": "int64", "minimum": 0},
                "stale": {"type": "integer", "format": "int64", "minimum": 0},
                "refused": {"type": "integer", "format": "int64", "minimum": 0},
                "unknown": {"type": "integer", "format": "int64", "minimum": 0},
                "throttled": {"type": "integer", "format": "int64", "minimum": 0}
              },
              "required": ["out", "writes", "reads", "accepted", "stale", "refused", "unknown", "throttled"]
            },
            "rows": {
              "type": "object",
              "properties": {
                "written": {"type": "integer", "format": "int64", "minimum": 0},
                "read": {"type": "integer", "format": "int64", "minimum": 0}
              },
              "required": ["written", "read"]
            },
            "claims": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": ["channel", "paused", "down", "dryRun", "keys", "calls", "rows", "claims"]
        },
        "PublicationMark": {
          "type": "object",
          "properties": {
            "units": {"type": "integer", "format": "int64"},
            "at": {"$ref": "#/components/schemas/Time"}
          },
          "required": ["units", "at"]
        },
        "PublicationTrouble": {
          "type": "string",
          "enum": [
            "staleInARow", "outcomeLost", "keyMismatch", "invalidItem", "invalidLocation", "notStocked",
            "immutableItem", "quantityTooLow", "quantityTooHigh", "duplicateRow", "invalidCall", "other"
          ]
        },
        "StoppedPage": {
          "type": "object",
          "properties": {
            "stopped": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "sku": {"$ref": "#/components/schemas/KeyPart"},
                  "location": {"$ref": "#/components/schemas/KeyPart"},
                  "trouble": {"$ref": "#/components/schemas/PublicationTrouble"},
                  "deadLetter": {"type": "boolean"},
                  "target": {"type": "integer", "format": "int64", "minimum": 0},
                  "expected": {"type": "integer", "format": "int64"},
                  "accepted": {"$ref": "#/components/schemas/PublicationMark"},
                  "confirmed": {"$ref": "#/components/schemas/PublicationMark"}
                },
                "required": ["sku", "location", "trouble", "deadLetter", "target"]
              }
            },
            "next": {"type": "string", "description": "The cursor of the next page; left out where there is none."}
          },
          "required": ["stopped"]
        },
        "PublicationPreview": {
          "type": "object",
          "properties": {
            "waiting": {"type": "integer", "format": "int64", "minimum": 0},
            "rows": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "sku": {"$ref": "#/components/schemas/KeyPart"},
                  "location": {"$ref": "#/components/schemas/KeyPart"},
                  "from": {"type": "integer", "format": "int64"},
                  "to": {"type": "integer", "format": "int64", "minimum": 0}
                },
                "required": ["sku", "location", "to"]
              }
            }
          },
          "required": ["waiting", "rows"]
        },
        "Publication": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"},
            "state": {
              "type": "string",
              "enum": [
                "published", "toWrite", "toRead", "reading", "writing", "outcomeUnknown", "dropped", "stopped"
              ]
            },
            "trouble": {"$ref": "#/components/schemas/PublicationTrouble"},
            "deadLetter": {"type": "boolean"},
            "target": {"type": "integer", "format": "int64", "minimum": 0},
            "expected": {"type": "integer", "format": "int64"},
            "accepted": {"$ref": "#/components/schemas/PublicationMark"},
            "confirmed": {"$ref": "#/components/schemas/PublicationMark"},
            "unattributed": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "number": {"type": "integer", "format": "int64", "minimum": 1},
                  "units": {"type": "integer", "format": "int64", "minimum": 0},
                  "bookedAt": {"$ref": "#/components/schemas/Time"},
                  "handedOver": {"type": "boolean"}
                },
                "required": ["number", "units", "bookedAt", "handedOver"]
              }
            },
            "doubted": {"type": "integer", "format": "int64", "minimum": 0},
            "staleInARow": {"type": "integer", "format": "int64", "minimum": 0},
            "forced": {"type": "boolean"}
          },
          "required": ["sku", "location", "state", "target", "unattributed", "doubted", "staleInARow", "forced"]
        },
        "PublishedKey": {
          "type": "object",
          "properties": {
            "sku": {"$ref": "#/components/schemas/KeyPart"},
            "location": {"$ref": "#/components/schemas/KeyPart"}
          },
          "required": ["sku", "location"],
          "additionalProperties": false
        },
        "Nothing": {"type": "object", "additionalProperties": false},
        "Status": {
          "type": "object",
          "properties": {
            "status": {"type": "string"},
            "shards": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 256},
            "owned": {"type": "string"}
          },
          "required": ["status"]
        },
        "Problem": {
          "type": "object",
          "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "format": "int64", "minimum": 400, "maximum": 599},
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "requestId": {"type": "string"},
            "retryAfterMs": {"type": "integer", "format": "int64", "minimum": 0}
          },
          "required": ["type", "title", "status", "code", "requestId"]
        }
      },
      "responses": {
        "400": {
          "description": "malformedBody, malformedPath, malformedQuery or malformedHeader",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "401": {
          "description": "unauthorized",
          "headers": {
            "X-Request-Id": {"schema": {"type": "string"}},
            "WWW-Authenticate": {"schema": {"type": "string"}}
          },
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "403": {
          "description": "missingScope",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "404": {
          "description": "unknownReservation, unknownCart, unknownKey or notPublished: also what another shop has",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "408": {
          "description": "bodyTooSlow",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "409": {
          "description": "insufficientStock and whatever else stands against it now",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "410": {
          "description": "reservationExpired, reservationReleased, cartAbandoned or historyTrimmed",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "413": {
          "description": "bodyTooLarge or tooManyLines",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "415": {
          "description": "unsupportedType",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}, "Accept": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "422": {
          "description": "outOfRange, invalidField, idReused and whatever else will never do",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "429": {
          "description": "overloaded, tooManyIds, rateLimited, tooManyHolds, tooManyStreams or tooManyLooks",
          "headers": {
            "X-Request-Id": {"schema": {"type": "string"}},
            "Retry-After": {"schema": {"type": "integer", "format": "int64", "minimum": 1}}
          },
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "500": {
          "description": "journalDamaged: what was so before cannot be read; what is so now can",
          "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "503": {
          "description": "storeUnavailable, elsewhere, stopping, unknown or notReady",
          "headers": {
            "X-Request-Id": {"schema": {"type": "string"}},
            "Retry-After": {"schema": {"type": "integer", "format": "int64", "minimum": 1}}
          },
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        }
      }
    }
  }

  """#
