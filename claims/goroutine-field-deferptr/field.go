// Command field lists the fields of the runtime's goroutine descriptor that concern deferred calls, and
// counts those that are called FIELD.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	g, err := layoutOf("runtime.g")
	if err != nil {
		log.Fatal(err)
	}
	wanted, named, head := os.Getenv("FIELD"), 0, "none"
	for _, field := range g.Field {
		typ := field.Type.String()
		if field.Name == wanted {
			named++
		}
		if typ == "*struct runtime._defer" || typ == "*runtime._defer" {
			head = field.Name
		}
		if strings.Contains(strings.ToLower(field.Name+typ), "defer") {
			fmt.Printf("runtime.g, offset %d: %s %s\n", field.ByteOffset, field.Name, typ)
		}
	}
	fmt.Printf("{\"metric\": \"fields\", \"value\": %d}\n", len(g.Field))
	fmt.Printf("{\"metric\": \"named\", \"value\": %d}\n", named)
	fmt.Printf("{\"metric\": \"head\", \"value\": %q}\n", head)
}
