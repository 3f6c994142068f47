import subprocess
import sys

from imbalearn_torch import registry


def test_both_components_are_found_under_their_full_names():
    found = registry()
    assert found.find("dataset", "imbalearn-tabular/table").version == found.find("backbone", "mlp").version == "0.1.0"


def test_naming_them_imports_nothing_heavy():
    code = (
        "import sys, imbalearn_tabular.hooks as hooks\n"
        "names = [each.name for hook in (hooks.imbalearn_datasets, hooks.imbalearn_backbones) for each in hook()]\n"
        "heavy = {'torch', 'pandas', 'numpy', 'pyarrow'} & set(sys.modules)\n"
        "assert (names, heavy) == (['table', 'mlp'], set()), (names, heavy)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_options_are_checked_without_importing_them():
    code = (
        "import sys\n"
        "from imbalearn_torch import registry\n"
        "names = [each.name for each in registry().options('dataset', 'imbalearn-tabular/table')]\n"
        "assert names[:3] == ['path', 'target', 'test'] and not {'torch', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
