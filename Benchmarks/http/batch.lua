-- A hundred holds per request as JSON lines, each of another reservation, over 1,000 SKUs.
-- Environment: TOKEN, the key.
local counter = 0
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  prefix = string.format("b%d-%d-", id, os.time())
  fields = {
    ["Content-Type"] = "application/jsonl",
    ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or ""),
  }
end

function request()
  local lines = {}
  for i = 1, 100 do
    counter = counter + 1
    lines[i] = string.format(
      '{"do":"hold","sku":"sku-%d","location":"main","units":1,"reservation":"%s%d"}', counter % 1000, prefix, counter)
  end
  return wrk.format("POST", wrk.path, fields, table.concat(lines, "\n"))
end
