// Command fields prints the fields of the runtime's type _defer, and the types of those that the source names.
package main

import "fmt"

func main() {
	record, at := structure(parsed(runtimeFolder(), "_defer"), "_defer")
	types := map[string]string{}
	fmt.Printf("type _defer struct, %s\n", at)
	for _, field := range record.Fields.List {
		for _, name := range field.Names {
			types[name.Name] = written(field.Type)
			fmt.Printf("  %-10s %s\n", name.Name, types[name.Name])
		}
	}
	for _, name := range []string{"siz", "fn", "sp", "pc", "link"} {
		kind, there := types[name]
		if !there {
			kind = "absent"
		}
		fmt.Printf("{\"metric\": %q, \"value\": %q}\n", name, kind)
	}
	fmt.Printf("{\"metric\": \"fields\", \"value\": %d}\n", len(types))
}
