"""What names stand for before anything is checked: modules, imports, definitions, traits."""
