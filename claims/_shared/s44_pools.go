package main

import (
	"debug/dwarf"
	"debug/elf"
	"log"
	"unsafe"
)

// The pools of free records in this very process: one for each of the runtime's processors (p.deferpool) and one that all of them
// share (sched.deferpool). They are read, and changed for controls, at addresses and offsets from the program's symbol
// table and debugging information.

const (
	pointer      = unsafe.Sizeof(uintptr(0))
	largestPool  = 512
	mostOfPools  = 5 // up to Go 1.16 there were so many of each kind, for arguments of different sizes
	mostOfOwners = 64
)

// place is where the pools lie.
type place struct {
	processors    []uintptr // the pools of each: slices, one after the other
	shared, count uintptr   // the heads of the shared lists
	link          uintptr   // from a record to its successor
}

// at is a word of memory.
func at(address uintptr) *uintptr { return *(**uintptr)(unsafe.Pointer(&address)) }

// findPools looks them up; the processors are those that there are now.
func findPools() (found place) {
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
	types := structures(file, "runtime.p", "runtime.schedt", "runtime._defer")
	own, shared := field(types["runtime.p"], "deferpool"), field(types["runtime.schedt"], "deferpool")
	found.count = 1
	if pools, isArray := own.Type.(*dwarf.ArrayType); isArray {
		found.count = uintptr(pools.Count)
	}
	all := addresses["runtime.allp"]
	for i := uintptr(0); i < *at(all + pointer); i++ {
		found.processors = append(found.processors, *at(*at(all) + i*pointer)+uintptr(own.ByteOffset))
	}
	found.shared = addresses["runtime.sched"] + uintptr(shared.ByteOffset)
	found.link = uintptr(field(types["runtime._defer"], "link").ByteOffset)
	return found
}

// structures are the descriptions of types by their names.
func structures(file *elf.File, names ...string) map[string]*dwarf.StructType {
	wanted, found := map[string]bool{}, map[string]*dwarf.StructType{}
	for _, name := range names {
		wanted[name] = true
	}
	information, err := file.DWARF()
	if err != nil {
		log.Fatal(err)
	}
	for reader := information.Reader(); ; {
		entry, err := reader.Next()
		if err != nil {
			log.Fatal(err)
		}
		if entry == nil {
			return found
		}
		name, _ := entry.Val(dwarf.AttrName).(string)
		if entry.Tag == dwarf.TagStructType && wanted[name] {
			structure, err := information.Type(entry.Offset)
			if err != nil {
				log.Fatal(err)
			}
			found[name] = structure.(*dwarf.StructType)
		}
	}
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

// records counts those in the pools of the first processor and in the shared ones.
//
//go:noinline
func (p *place) records() (own, shared int) {
	for i := uintptr(0); i < p.count; i++ {
		own += int(*at(p.processors[0] + (3*i+1)*pointer))
		for record := *at(p.shared + i*pointer); record != 0; record = *at(record + p.link) {
			shared++
		}
	}
	return own, shared
}

var rooms [mostOfOwners * mostOfPools][largestPool]unsafe.Pointer

// resize gives each processor pools with room for so many records, in place of 32.
func (p *place) resize(size int) {
	if size < 2 || size > largestPool || len(p.processors) > mostOfOwners {
		log.Fatalf("pools of %d records for %d processors", size, len(p.processors))
	}
	for i, pools := range p.processors {
		for k := uintptr(0); k < p.count; k++ {
			slice := pools + 3*k*pointer
			*at(slice + pointer) = 0
			*at(slice) = uintptr(unsafe.Pointer(&rooms[i*mostOfPools+int(k)]))
			*at(slice + 2*pointer) = uintptr(size)
		}
	}
}
