// Command class registers ten thousand deferred calls at once and tells of which size class the runtime took
// the memory for their records. OBJECT replaces the records by objects of a known size in bytes.
package main

import (
	"fmt"
	"log"
	"os"
)

const records = 10000

type (
	object48 struct{ words [6]*int }
	object80 struct{ words [10]*int }
)

var (
	kept48 []*object48
	kept80 []*object80
)

func allocate(size string) {
	for i := 0; i < records; i++ {
		switch size {
		case "48":
			kept48[i] = new(object48)
		case "80":
			kept80[i] = new(object80)
		}
	}
}

func main() {
	layout, err := layoutOf("runtime._defer")
	if err != nil {
		log.Fatal(err)
	}
	kept48, kept80 = make([]*object48, records), make([]*object80, records)
	var class int
	var count uint64
	before := objects()
	if size := os.Getenv("OBJECT"); size != "" {
		allocate(size)
		class, count = mostSince(before)
	} else {
		register(records, func() { class, count = mostSince(before) })
	}
	for _, field := range layout.Field {
		fmt.Printf("offset %2d: %s\n", field.ByteOffset, field.Name)
	}
	fmt.Printf("{\"metric\": \"record\", \"value\": %d, \"unit\": \"B\"}\n", layout.ByteSize)
	fmt.Printf("{\"metric\": \"class\", \"value\": %d, \"unit\": \"B\"}\n", memory.BySize[class].Size)
	fmt.Printf("{\"metric\": \"allocated\", \"value\": %d}\n", count)
}
