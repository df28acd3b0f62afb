s/[0-9a-f]{16}-v/KEY-v/
