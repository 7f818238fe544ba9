// kube is the control plane of the bed as one program: the name it is called by says which part it is.
// One link instead of three saves minutes of a cold build and 300 MB of disk.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"

	// Side effects that the upstream main packages have too: log formats and version metrics.
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"

	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

var programs = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
}

func main() {
	called := filepath.Base(os.Args[0])
	make, known := programs[called]
	if !known {
		fmt.Fprintf(os.Stderr, "kube: called as %q; call it kube-apiserver, kube-controller-manager or kube-scheduler\n", called)
		os.Exit(2)
	}
	os.Exit(cli.Run(make()))
}
