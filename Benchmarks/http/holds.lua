-- Holds, each of another reservation, over 1,000 SKUs in order per thread: one to a request, as its whole body; with
-- `-- N` behind the address N to a request, as JSON lines.
-- Environment: TOKEN, the key.
local counter = 0
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  lines_per_request = tonumber(args[1])
  prefix = string.format("t%d-%d-", id, os.time())
  fields = {
    ["Content-Type"] = lines_per_request and "application/jsonl" or "application/json",
    ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or ""),
  }
end

local function hold(word)
  counter = counter + 1
  return string.format(
    '{%s"sku":"sku-%d","location":"main","units":1,"reservation":"%s%d"}', word, counter % 1000, prefix, counter)
end

local function body()
  if not lines_per_request then return hold("") end
  local lines = {}
  for i = 1, lines_per_request do lines[i] = hold('"do":"hold",') end
  return table.concat(lines, "\n")
end

function request()
  return wrk.format("POST", wrk.path, fields, body())
end
