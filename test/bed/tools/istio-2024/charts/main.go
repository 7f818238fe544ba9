// charts FOLDER VERSION HUB writes the base and istiod charts that this Istio module embeds to FOLDER/base and
// FOLDER/istiod. They are stamped the way a release stamps them: version and appVersion of Chart.yaml, hub and tag of
// values.yaml. Nothing else is changed, and nothing of it is ever committed.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"istio.io/istio/manifests"
)

// Where the source keeps the charts, and what a release calls them.
var charts = map[string]string{
	"charts/base":                          "base",
	"charts/istio-control/istio-discovery": "istiod",
}

var (
	chartVersion = regexp.MustCompile(`(?m)^(version|appVersion): .*$`)
	imageHub     = regexp.MustCompile(`(?m)^(\s*hub): .+/(testing|release)$`)
	imageTag     = regexp.MustCompile(`(?m)^(\s*tag): latest$`)
)

func stamp(name, text, version, hub string) string {
	switch filepath.Base(name) {
	case "Chart.yaml":
		return chartVersion.ReplaceAllString(text, "$1: "+version)
	case "values.yaml":
		return imageTag.ReplaceAllString(imageHub.ReplaceAllString(text, "$1: "+hub), "$1: "+version)
	default:
		return text
	}
}

func write(source, folder, version, hub string) error {
	return fs.WalkDir(manifests.FS, source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(folder, strings.TrimPrefix(path, source))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		content, err := fs.ReadFile(manifests.FS, path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, []byte(stamp(path, string(content), version, hub)), 0o644)
	})
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: charts FOLDER VERSION HUB")
		os.Exit(2)
	}
	for source, name := range charts {
		if err := write(source, filepath.Join(os.Args[1], name), os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, "charts:", err)
			os.Exit(1)
		}
	}
}
