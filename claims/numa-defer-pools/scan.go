// Command scan reads the source of a runtime as syntax, in the files that are built for linux/amd64, and looks for two
// things: a pool of defer records that belongs to a processor, and any knowledge of NUMA nodes.
//
//	scan DIRECTORY...
//
// The first directory holds the package with newdefer; the others are packages below it. Names in comments and in
// strings do not count.
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/ioutil"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// What a program that wants memory of a certain node has to name: the word itself, the system calls that place memory,
// or those that tell on which processor and node one runs.
var (
	placing   = regexp.MustCompile(`(?i)(numa|mbind|mempolicy|move_?pages|migrate_?pages)`)
	asking    = regexp.MustCompile(`(?i)^_*((sys|vdso|sched|linux)_?)*getcpu(_?sym)?$|^rdpid$`)
	mapping   = regexp.MustCompile(`(?i)^(sys_?)?(mmap|madvise)$`)
	poolField = "deferpool"
)

type findings struct {
	files, names             int
	placing, asking, mapping map[string]int
	poolFields, takes        int
}

func main() {
	found := findings{placing: map[string]int{}, asking: map[string]int{}, mapping: map[string]int{}}
	context := build.Default
	context.GOOS, context.GOARCH, context.CgoEnabled = "linux", "amd64", false
	for i, root := range os.Args[1:] {
		for _, directory := range below(root, i > 0) {
			found.directory(&context, directory)
		}
	}
	fmt.Printf("%d files, %d names\n", found.files, found.names)
	for _, kind := range []struct {
		what  string
		names map[string]int
	}{{"placing memory", found.placing}, {"asking for the processor", found.asking}, {"mapping memory", found.mapping}} {
		for _, name := range sorted(kind.names) {
			fmt.Printf("%s: %s, %d times\n", kind.what, name, kind.names[name])
		}
	}
	report := func(metric string, value int) {
		fmt.Printf("{\"metric\": %q, \"value\": %d}\n", metric, value)
	}
	report("names", found.names)
	report("names_of_placing", sum(found.placing))
	report("names_of_asking", sum(found.asking))
	report("names_of_mapping", sum(found.mapping))
	report("pools_in_processor", found.poolFields)
	report("takes_from_pool", found.takes)
}

// below lists the directory itself, or it and all under it.
func below(root string, all bool) (directories []string) {
	if !all {
		return []string{root}
	}
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.IsDir() && info.Name() != "testdata" {
			directories = append(directories, path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	return directories
}

func (f *findings) directory(context *build.Context, directory string) {
	entries, err := ioutil.ReadDir(directory)
	if err != nil {
		log.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if fits, err := context.MatchFile(directory, name); err != nil || !fits {
			continue
		}
		path := filepath.Join(directory, name)
		switch filepath.Ext(name) {
		case ".go":
			f.program(path)
		case ".s", ".h":
			f.assembly(path)
		}
	}
}

// program takes the names of a Go file, and what is said of pools in struct p and in newdefer.
func (f *findings) program(path string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		log.Fatal(err)
	}
	f.files++
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Ident:
			f.name(node.Name)
		case *ast.TypeSpec:
			if structure, ok := node.Type.(*ast.StructType); ok && node.Name.Name == "p" {
				for _, field := range structure.Fields.List {
					for _, name := range field.Names {
						if name.Name == poolField {
							f.poolFields++
						}
					}
				}
			}
		case *ast.FuncDecl:
			if node.Name.Name == "newdefer" && node.Body != nil {
				f.takes += taking(node.Body)
			}
		}
		return true
	})
}

// taking counts where an element of a processor's pool is taken: an index into pp.deferpool.
func taking(body *ast.BlockStmt) (count int) {
	ast.Inspect(body, func(node ast.Node) bool {
		index, ok := node.(*ast.IndexExpr)
		if !ok {
			return true
		}
		ast.Inspect(index.X, func(inner ast.Node) bool {
			if selector, ok := inner.(*ast.SelectorExpr); ok && selector.Sel.Name == poolField {
				if from, ok := selector.X.(*ast.Ident); ok && from.Name == "pp" {
					count++
				}
			}
			return true
		})
		return true
	})
	return count
}

// assembly takes the names of an assembly file, which has Go's comments.
func (f *findings) assembly(path string) {
	text, err := ioutil.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	f.files++
	files := token.NewFileSet()
	var tokens scanner.Scanner
	tokens.Init(files.AddFile(path, files.Base(), len(text)), text, func(token.Position, string) {}, 0)
	for {
		_, kind, literal := tokens.Scan()
		if kind == token.EOF {
			return
		}
		if kind == token.IDENT {
			f.name(literal)
		}
	}
}

func (f *findings) name(name string) {
	f.names++
	for _, kind := range []struct {
		pattern *regexp.Regexp
		names   map[string]int
	}{{placing, f.placing}, {asking, f.asking}, {mapping, f.mapping}} {
		if kind.pattern.MatchString(name) {
			kind.names[name]++
		}
	}
}

func sum(counts map[string]int) (total int) {
	for _, count := range counts {
		total += count
	}
	return total
}

func sorted(counts map[string]int) (names []string) {
	for name := range counts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
