import { startCluster } from "./test/cluster/start-cluster.ts";
const t = Date.now();
const c = await startCluster({ node: true, folder: "/tmp/h/c1", crds: true, onProgress: (l) => console.log(l) });
console.log(c.address, c.kubeconfig, (Date.now() - t) / 1000);
