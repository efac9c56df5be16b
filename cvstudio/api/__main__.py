"""`python -m cvstudio.api FILE` writes the OpenAPI document."""

import json
import sys
from pathlib import Path

from cvstudio.api.app import api

if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(json.dumps(api.openapi(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{file}: {len(api.openapi()['paths'])} paths\n")
