def reversed: if type == "object" then (to_entries | reverse | map(.value |= reversed) | from_entries) elif type == "array" then map(reversed) else . end;
reversed | .resource_changes |= reverse
