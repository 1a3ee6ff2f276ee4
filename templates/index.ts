import { program } from "job-container/program";

export = () => program();
