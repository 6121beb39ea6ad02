// Where the CRDs of Cluster API are read from: core/config/crd/bases of this module in the module cache.
module clustercache/ground-truth/crds

go 1.26.0

require sigs.k8s.io/cluster-api v1.14.2
