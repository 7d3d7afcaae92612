// Command s23_source answers questions about a Go package's source from its syntax tree, so that neither a comment
// nor a string can answer them. The package is usually the runtime of the toolchain that the claim runs in.
//
// Usage: s23_source FOLDER-OR-FILE QUESTION ARGUMENTS...
//
//	field STRUCT FIELD      the type of a field
//	own-pointers STRUCT     how many of the struct's fields are pointers to the same struct
//	function NAME ROOT      whether it is declared, whether ROOT leads to it by calls, whether it walks defer lists
//	walkers                 the functions that loop over a goroutine's defer list
//	calls-in-walk NAME      what NAME calls in that loop
//	signature NAME          the parameters of a function
//	decisions NAME          the numbers and the conditions in a function
//	directives NAME...      which of these functions may not contain a write barrier
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"log"
	"os"
	"regexp"
	"sort"
	"strings"
)

var files = token.NewFileSet()

// tree is the files of one package.
type tree struct {
	functions map[string][]*ast.FuncDecl
	structs   map[string]*ast.StructType
}

// load parses a file, or all of a folder's files but tests and those for other systems.
func load(path string) tree {
	var parsed []*ast.File
	if strings.HasSuffix(path, ".go") {
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			log.Fatal(err)
		}
		parsed = append(parsed, file)
	} else {
		other := regexp.MustCompile(`_(test|windows|darwin|plan9|js|wasip1|wasm|aix|solaris|freebsd|openbsd|netbsd|dragonfly|` +
			`386|arm|arm64|mips\w*|ppc64\w*|riscv64|s390x|loong64)\.go$`)
		packages, err := parser.ParseDir(files, path, func(info os.FileInfo) bool {
			return !other.MatchString(info.Name())
		}, parser.ParseComments)
		if err != nil {
			log.Fatal(err)
		}
		for _, p := range packages {
			for _, file := range p.Files {
				parsed = append(parsed, file)
			}
		}
	}
	t := tree{map[string][]*ast.FuncDecl{}, map[string]*ast.StructType{}}
	for _, file := range parsed {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				t.functions[d.Name.Name] = append(t.functions[d.Name.Name], d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok {
						if structure, ok := s.Type.(*ast.StructType); ok {
							t.structs[s.Name.Name] = structure
						}
					}
				}
			}
		}
	}
	return t
}

// text is a piece of the tree as source.
func text(node ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, files, node); err != nil {
		log.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// called lists the names of the functions that stand in calls below a node.
func called(node ast.Node) []string {
	names := map[string]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch f := call.Fun.(type) {
			case *ast.Ident:
				names[f.Name] = true
			case *ast.SelectorExpr:
				names[f.Sel.Name] = true
			}
		}
		return true
	})
	return sorted(names)
}

func sorted(names map[string]bool) []string {
	list := []string{}
	for name := range names {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

// path is the shortest chain of calls from one function to another: "" where there is none.
func (t tree) path(from, to string) string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == to && len(t.functions[to]) > 0 {
			chain := to
			for at := before[to]; at != ""; at = before[at] {
				chain = at + " > " + chain
			}
			return chain
		}
		for _, function := range t.functions[queue[0]] {
			if function.Body == nil {
				continue
			}
			for _, name := range called(function.Body) {
				if _, seen := before[name]; !seen {
					before[name] = queue[0]
					queue = append(queue, name)
				}
			}
		}
	}
	return ""
}

// walk is the loop over a defer list in a function: it begins with X._defer and goes on with d.link.
func walk(function *ast.FuncDecl) (loop *ast.ForStmt) {
	ast.Inspect(function, func(n ast.Node) bool {
		f, ok := n.(*ast.ForStmt)
		if !ok || f.Init == nil || f.Post == nil {
			return true
		}
		if strings.HasSuffix(text(f.Init), "._defer") && strings.HasSuffix(text(f.Post), ".link") {
			loop = f
		}
		return true
	})
	return loop
}

func (t tree) walkers() []string {
	names := map[string]bool{}
	for name, functions := range t.functions {
		for _, function := range functions {
			if walk(function) != nil {
				names[name] = true
			}
		}
	}
	return sorted(names)
}

func fieldType(structure *ast.StructType, name string) string {
	if structure == nil {
		return "no such struct"
	}
	for _, field := range structure.Fields.List {
		for _, each := range field.Names {
			if each.Name == name {
				return text(field.Type)
			}
		}
	}
	return "no such field"
}

func report(metric string, value interface{}) {
	line := struct {
		Metric string      `json:"metric"`
		Value  interface{} `json:"value"`
	}{metric, value}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(line); err != nil {
		log.Fatal(err)
	}
}

// pointer reports whether an argument of this type is an address.
func pointer(x ast.Expr) bool {
	t := text(x)
	return strings.HasPrefix(t, "*") || t == "unsafe.Pointer" || t == "uintptr"
}

func (t tree) signature(name string) {
	functions := t.functions[name]
	if len(functions) != 1 {
		log.Fatalf("%d functions are called %s", len(functions), name)
	}
	var all []string
	callee, arguments := "none", 0
	for _, field := range functions[0].Type.Params.List {
		for _, parameter := range field.Names {
			kind := text(field.Type)
			all = append(all, parameter.Name+" "+kind)
			isFunction := kind == "*funcval" || strings.HasPrefix(kind, "func(") || parameter.Name == "fn"
			switch {
			case isFunction && callee == "none":
				callee = kind
			case pointer(field.Type):
				arguments++
			}
		}
	}
	report("parameters", strings.Join(all, ", "))
	report("function_parameter", callee)
	report("pointers_to_arguments", arguments)
}

func (t tree) decisions(name string) {
	functions := t.functions[name]
	if len(functions) != 1 || functions[0].Body == nil {
		log.Fatalf("%d functions are called %s", len(functions), name)
	}
	stack := regexp.MustCompile(`(?i)stack|\bsp\b|getcallersp`)
	numbers, conditions := []string{}, []string{}
	limit, onStack := 0, 0
	condition := func(x ast.Expr) {
		if x == nil {
			return
		}
		conditions = append(conditions, text(x))
		if stack.MatchString(text(x)) {
			onStack++
		}
	}
	ast.Inspect(functions[0].Body, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.BasicLit:
			if s.Kind == token.INT {
				numbers = append(numbers, s.Value)
				if s.Value == "1024" || s.Value == "0x400" || s.Value == "1<<10" {
					limit++
				}
			}
		case *ast.IfStmt:
			condition(s.Cond)
		case *ast.ForStmt:
			condition(s.Cond)
		case *ast.SwitchStmt:
			condition(s.Tag)
		}
		return true
	})
	report("numbers", strings.Join(numbers, ", "))
	report("conditions", strings.Join(conditions, "; "))
	report("compared_with_1024", limit)
	report("conditions_on_stack", onStack)
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: s23_source FOLDER-OR-FILE QUESTION ARGUMENTS...")
	}
	t, question, arguments := load(os.Args[1]), os.Args[2], os.Args[3:]
	switch question {
	case "field":
		report("field_type", fieldType(t.structs[arguments[0]], arguments[1]))
	case "own-pointers":
		count := 0
		for _, field := range t.structs[arguments[0]].Fields.List {
			if text(field.Type) == "*"+arguments[0] {
				count += len(field.Names)
			}
		}
		report("own_pointers", count)
	case "function":
		name, root := arguments[0], arguments[1]
		walks := false
		for _, function := range t.functions[name] {
			walks = walks || walk(function) != nil
		}
		path := t.path(root, name)
		report("declared", len(t.functions[name]))
		report("reached", path != "")
		report("walks", walks)
		if path != "" {
			report("call_path", path)
		}
	case "walkers":
		report("walkers", strings.Join(t.walkers(), ", "))
	case "calls-in-walk":
		for _, function := range t.functions[arguments[0]] {
			if loop := walk(function); loop != nil {
				conversions := map[string]bool{}
				for _, name := range called(loop.Body) {
					if len(t.functions[name]) > 0 {
						conversions[name] = true
					}
				}
				report("calls_in_walk", strings.Join(sorted(conversions), ", "))
			}
		}
	case "signature":
		t.signature(arguments[0])
	case "decisions":
		t.decisions(arguments[0])
	case "directives":
		forbidden, list := 0, []string{}
		for _, name := range arguments {
			for _, function := range t.functions[name] {
				if function.Doc == nil {
					continue
				}
				for _, comment := range function.Doc.List {
					if strings.HasPrefix(comment.Text, "//go:nowritebarrier") {
						forbidden++
						list = append(list, fmt.Sprintf("%s: %s", name, strings.TrimPrefix(comment.Text, "//go:")))
					}
				}
			}
		}
		report("forbidden", forbidden)
		report("directives", strings.Join(list, "; "))
	default:
		log.Fatalf("no question is called %s", question)
	}
}
