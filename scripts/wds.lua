-- SPDX-License-Identifier: BSD-2-Clause
-- Windows Deployment Services: ask a server what this machine boots, wait until an administrator approves, and
-- fetch it. A module: require "wds".
--
-- The conversation is DHCP with port 4011 of the server, as of a PXE client with a boot server. Option 250 is a list
-- of values, numbered as WDSBP_OPT_... in wdsbp.h of the Windows SDK; option 252 is the path of a BCD that the server
-- has made for this machine. What the server says is not trusted; docs/script.md says what is known of it.

local loader = ...

local wds = {}

local request, acknowledgement = 3, 5 -- kinds of DHCP messages
local names = { -- of the values in option 250
    action = 2, poll_interval = 3, polls = 4, id = 5, message = 6, referral = 9, done = 14,
}
local approval, referral, abort = 1, 3, 5 -- actions
local referrals_max = 3
local seconds_max = 86400 -- that menu and console.key wait
local query_keys = { server = true, port = true, local_port = true }
local architectures = { i386 = 6, x86_64 = 7, arm64 = 11 } -- RFC 4578 and IANA's list

local function fail(text, ...)
    error("wds: " .. text:format(...), 0)
end

-- The bytes of hexadecimal digits, whatever is between them.
local function bytes_of(digits)
    return (digits:gsub("%X", ""):gsub("%x%x", function(pair)
        return string.char(tonumber(pair, 16))
    end))
end

local function address_bytes(text)
    return string.char((text or "0.0.0.0"):match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$"))
end

-- A machine's UUID as it is in SMBIOS: the first three parts start with their last bytes.
local function uuid_bytes(text)
    return string.pack("<I4I2I2", string.unpack(">I4I2I2", text)) .. text:sub(9)
end

local function option(code, value)
    return string.pack("Bs1", code, value)
end

-- What this machine asks. The user has agreed to boot from the network (12), or would not be here.
local function make_request(id, done)
    local mac = bytes_of(boot.mac[1] or fail("this machine has no network card that the firmware knows"))
    local architecture = string.pack(">I2", architectures[boot.arch])
    local uuid = boot.smbios.uuid
    return string.pack(">BBBBc4I4c4c12c16c192c4", 1, 1, #mac, 0, mac:sub(-4), 0,
            address_bytes(boot.network and boot.network.address), "", mac:sub(1, 16), "", "\99\130\83\99")
        .. option(53, string.char(request)) .. option(55, "\1\3\60\66\67\128\129\130\131\132\133\134\135\250\252")
        .. option(57, string.pack(">I2", 1472)) .. option(60, "PXEClient") .. option(93, architecture)
        .. option(94, "\1\3\16") .. (uuid and option(97, "\0" .. uuid_bytes(bytes_of(uuid))) or "")
        .. option(250, option(12, "\1") .. option(13, "\8\0") .. option(1, architecture)
            .. option(names.done, done and "\1" or "\0") .. option(names.id, string.pack(">I4", id)) .. "\255")
        .. "\255"
end

-- The values in option 250, by number.
local function read_values(bytes)
    local values, at = {}, 1
    while at < #bytes and bytes:byte(at) ~= 255 do
        local number, length = bytes:byte(at, at + 1)
        values[number] = bytes:sub(at + 2, at + 1 + length)
        at = at + 2 + length
    end
    return values
end

local function number_of(value)
    return value and #value > 0 and #value <= 4 and (string.unpack(">I" .. #value, value)) or 0
end

-- A text up to its NUL, on one line; nil if there is none.
local function text_of(value)
    local text = value and value:match("^%Z*"):gsub("%c", " ")
    return text ~= "" and text or nil
end

-- What an answer says; nil if it is not one to this request.
local function read_answer(bytes, packet, server)
    local options, file, from = loader.dhcp_answer(bytes)
    if not options or bytes:sub(5, 8) ~= packet:sub(5, 8) or options[53] ~= string.char(acknowledgement) then
        return nil
    end
    local values, said = read_values(options[250] or ""), {}
    for name, number in pairs(names) do
        said[name] = values[number]
    end
    return { server = from or server, file = file, bcd = text_of(options[252]), message = text_of(said.message),
        id = number_of(said.id), options = options }, said
end

-- Ask until the server answers: each time it has twice as long.
local function exchange(query, server, id, done)
    local packet, port = make_request(id, done), query.port or 4011
    for attempt = 0, 3 do
        local bytes = net.udp(server, port, packet, 1 << attempt, query.local_port or 68)
        local answer, said = read_answer(bytes or "", packet, server)
        if answer then
            return answer, said
        end
    end
    fail("%s does not answer on port %d", server, port)
end

local function check_query(query)
    if type(query) == "string" then
        return { server = query }
    end
    for key in pairs(query or {}) do
        if not query_keys[key] then
            fail("unknown key '%s' (known: local_port, port, server)", tostring(key))
        end
    end
    return query or {}
end

-- Show once what is waited for, and wait until it is time to ask again. False if the user gives up.
local function wait(text, seconds, shown)
    if text ~= shown then
        console.write(text .. " (Escape gives up)\n")
    end
    return console.key(math.max(1, math.min(seconds, seconds_max))) ~= "escape"
end

-- wds.ask { server = "10.0.0.5" } or wds.ask "10.0.0.5": the server's decision, once there is one; nil if the user
-- pressed Escape while it was waited for.
function wds.ask(query)
    query = check_query(query)
    if not net then
        fail("in BIOS the network is gone before the loader starts")
    end
    local server = query.server or boot.network and boot.network.server or fail("which server? wds.ask \"10.0.0.5\"")
    local id, done, polls, referrals, shown = 0, false, 0, 0, nil
    while true do
        local answer, said = exchange(query, server, id, done)
        local action, about = number_of(said.action), answer.message and ": " .. answer.message or ""
        id = answer.id ~= 0 and answer.id or id
        if action == abort then
            fail("%s refuses this machine%s", server, about)
        elseif action == referral and said.referral and #said.referral == 4 then
            referrals = referrals + 1
            if referrals > referrals_max then
                fail("the servers sent this machine on more than %d times", referrals_max)
            end
            server = ("%d.%d.%d.%d"):format(said.referral:byte(1, 4))
            print("wds: sent on to " .. server)
        elseif answer.bcd or done then
            return answer
        elseif action == approval and number_of(said.done) ~= 1 then
            if polls > 0 and polls == number_of(said.polls) then
                fail("%s did not approve request %d in time%s", server, id, about)
            end
            polls = polls + 1
            local text = ("wds: request %d waits for approval by %s%s"):format(id, server, about)
            if not wait(text, number_of(said.poll_interval), shown) then
                return nil
            end
            shown = text
        else
            done = true -- decided, but what boots was not said
        end
    end
end

local function fetch_path(answer, path)
    local escaped = path:gsub("^[\\/]+", ""):gsub("\\", "/"):gsub("[%%?#]", function(character)
        return ("%%%02X"):format(character:byte())
    end)
    return fetch("tftp://" .. answer.server .. "/" .. escaped)
end

-- Let the user choose among the entries that the boot manager would show, so that only one is fetched.
local function choose_entry(store)
    local manager = store["{bootmgr}"] or fail("the server's BCD has no boot manager")
    local entries = manager.displayorder or {}
    local options = { title = "What should this machine boot?" }
    if manager.timeout and manager.timeout <= seconds_max then -- more means that it waits for the user
        options.timeout = manager.timeout
    end
    for number, id in ipairs(entries) do
        options[number] = { store[id] and store[id].description or id, value = id }
        options.default = id == manager.default and number or options.default
    end
    if #entries > 1 then
        local chosen = menu(options).value
        manager.displayorder, manager.default = { chosen }, chosen
    end
end

-- Whether a file that the server's BCD names is to be fetched, by its path without the first slash. None becomes a
-- script, which `require` would run.
local function is_wanted(reference, path)
    return reference.boots and not reference.other_disk and (reference.kind == "wim" or reference.kind == "sdi")
        and path ~= "" and not path:lower():find("%.lua[\\/]*$") and not files[path]
end

-- wds.boot: ask, and put what the server decided into `files`. Returns the server's answer; nil if the user gave up.
function wds.boot(query)
    local answer = wds.ask(query)
    if not answer then
        return nil
    end
    if not answer.bcd then
        fail("%s names no BCD for this machine%s", answer.server,
            answer.file and (", only the boot program " .. answer.file) or "")
    end
    local store = bcd.open(fetch_path(answer, answer.bcd))
    choose_entry(store)
    for _, reference in ipairs(store:references()) do
        local path = reference.path:gsub("^\\+", "")
        if is_wanted(reference, path) then
            files[path] = fetch_path(answer, path)
        end
    end
    files.BCD = store:file()
    return answer
end

return wds
