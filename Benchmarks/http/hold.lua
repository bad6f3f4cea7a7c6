-- One hold per request, each of another reservation: over 1,000 SKUs, in order per thread.
-- Environment: TOKEN, the key.
local counter = 0
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  prefix = string.format("t%d-%d-", id, os.time())
  fields = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or ""),
  }
end

function request()
  counter = counter + 1
  local body = string.format(
    '{"sku":"sku-%d","location":"main","units":1,"reservation":"%s%d"}', counter % 1000, prefix, counter)
  return wrk.format("POST", wrk.path, fields, body)
end
