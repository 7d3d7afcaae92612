package main

import (
	"log"
	"os"
	_ "unsafe" // for go:linkname
)

// The switch that s33_switch.go puts into the runtime, and its counts.

//go:linkname deferSource runtime.deferSource
var deferSource uint32

//go:linkname deferLocks runtime.deferLocks
var deferLocks uint64

//go:linkname deferContended runtime.deferContended
var deferContended uint64

// sources are where records can come from.
var sources = map[string]uint32{"pools": 0, "allocator": 1, "array": 2, "central": 3}

// takeRecordsFrom makes the runtime take records from the source that the variable of the environment names.
func takeRecordsFrom(variable string) {
	source, known := sources[os.Getenv(variable)]
	if !known {
		log.Fatalf("%s is none of pools, allocator, array, central: %q", variable, os.Getenv(variable))
	}
	deferSource = source
}
