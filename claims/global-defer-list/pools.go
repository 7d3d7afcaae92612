// Command pools says where the runtime takes the records of deferred calls from: for each of many calls that a loop defers
// it looks, before and after, at the pool of the current processor (p.deferpool) and at the one that all share
// (sched.deferpool).
//
//	pools CALLS
//
// Both are read from the process's own memory, at addresses and offsets from its symbol table and debugging information. It must run with
// GOMAXPROCS=1, so that the first processor is the current one. The loop runs some times before it counts, and
// the collector, which empties the shared pool, is off.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"
)

const word = unsafe.Sizeof(uintptr(0))

// places is where the two pools lie. Up to Go 1.16 there were five of each, for arguments of different sizes.
var places struct {
	own, shared uintptr
	count       uintptr
	link        uintptr
}

// at reads a word of memory.
func at(address uintptr) uintptr { return **(**uintptr)(unsafe.Pointer(&address)) }

// pools counts the records in the processor's own pool and in the shared one.
//
//go:noinline
func pools() (own, shared int) {
	for i := uintptr(0); i < places.count; i++ {
		own += int(at(places.own + 3*i*word + word)) // the length of a slice
		for record := at(places.shared + i*word); record != 0; record = at(record + places.link) {
			shared++
		}
	}
	return own, shared
}

func find() {
	file, err := elf.Open("/proc/self/exe")
	if err != nil {
		log.Fatal(err)
	}
	symbols, err := file.Symbols()
	if err != nil {
		log.Fatal(err)
	}
	addresses := map[string]uintptr{}
	for _, symbol := range symbols {
		addresses[symbol.Name] = uintptr(symbol.Value)
	}
	information, err := file.DWARF()
	if err != nil {
		log.Fatal(err)
	}
	types := map[string]*dwarf.StructType{}
	for reader := information.Reader(); ; {
		entry, err := reader.Next()
		if err != nil {
			log.Fatal(err)
		}
		if entry == nil {
			break
		}
		if entry.Tag != dwarf.TagStructType {
			continue
		}
		switch name, _ := entry.Val(dwarf.AttrName).(string); name {
		case "runtime.p", "runtime.schedt", "runtime._defer":
			structure, err := information.Type(entry.Offset)
			if err != nil {
				log.Fatal(err)
			}
			types[name] = structure.(*dwarf.StructType)
		}
	}
	own, ofShared := field(types["runtime.p"], "deferpool"), field(types["runtime.schedt"], "deferpool")
	places.count = 1
	if pools, isArray := own.Type.(*dwarf.ArrayType); isArray {
		places.count = uintptr(pools.Count)
	}
	firstProcessor := at(at(addresses["runtime.allp"]))
	places.own = firstProcessor + uintptr(own.ByteOffset)
	places.shared = addresses["runtime.sched"] + uintptr(ofShared.ByteOffset)
	places.link = uintptr(field(types["runtime._defer"], "link").ByteOffset)
}

func field(structure *dwarf.StructType, name string) *dwarf.StructField {
	if structure != nil {
		for _, each := range structure.Field {
			if each.Name == name {
				return each
			}
		}
	}
	log.Fatalf("the runtime has no field %s where it is looked for", name)
	return nil
}

var total int

//go:noinline
func note(x int) { total += x }

type counts struct{ own, shared, made int }

// turn defers the calls, and counts from where the record of each came.
//
//go:noinline
func turn(calls int) (from counts) {
	for i := 0; i < calls; i++ {
		own, shared := pools()
		defer note(1)
		ownNow, sharedNow := pools()
		switch {
		case sharedNow < shared:
			from.shared++
		case ownNow < own:
			from.own++
		default:
			from.made++
		}
	}
	return from
}

func main() {
	debug.SetGCPercent(-1)
	calls, err := strconv.Atoi(os.Args[1])
	if err != nil || runtime.GOMAXPROCS(0) != 1 {
		log.Fatal("usage: GOMAXPROCS=1 pools CALLS")
	}
	find()
	var from counts
	for i := 0; i < 3; i++ {
		from = turn(calls)
	}
	if total != 3*calls {
		log.Fatalf("%d calls ran", total)
	}
	own, shared := pools()
	fmt.Printf("afterwards there are %d records in the processor's own pool and %d in the shared one\n", own, shared)
	report := func(metric string, value int) { fmt.Printf("{\"metric\": %q, \"value\": %d}\n", metric, value) }
	report("from_own", from.own)
	report("from_shared", from.shared)
	report("made", from.made)
	fmt.Printf("{\"metric\": \"shared_part\", \"value\": %.1f, \"unit\": \"%%\"}\n", 100*float64(from.shared)/float64(calls))
}
