package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
)

// layoutOf returns the structure of this name, like runtime.g, as the running program's own debugging
// information describes it: what the compiler made of it, and not what a source file says.
func layoutOf(name string) (*dwarf.StructType, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := file.DWARF()
	if err != nil {
		return nil, err
	}
	entries := data.Reader()
	for {
		entry, err := entries.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			return nil, fmt.Errorf("no structure %s", name)
		}
		if entry.Tag != dwarf.TagStructType {
			continue
		}
		if found, _ := entry.Val(dwarf.AttrName).(string); found != name {
			continue
		}
		typ, err := data.Type(entry.Offset)
		if err != nil {
			return nil, err
		}
		if structure, ok := typ.(*dwarf.StructType); ok {
			return structure, nil
		}
	}
}
