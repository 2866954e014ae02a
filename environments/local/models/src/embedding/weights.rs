//! Reads a safetensors file tensor by tensor, so that the whole file is never held at once.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use candle_core::{DType, Device, Tensor};
use safetensors::tensor::{Dtype, Metadata};

/// The header of this model has some 10 kB; more than this is no header.
const LARGEST_HEADER: u64 = 10 * 1024 * 1024;

/// Every f32 tensor of the file, by name. Integer tensors (position ids) are left out.
pub(crate) fn read(path: &Path) -> Result<HashMap<String, Tensor>> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    read_tensors(file).with_context(|| format!("read {} as safetensors", path.display()))
}

fn read_tensors(file: File) -> Result<HashMap<String, Tensor>> {
    let length = file.metadata()?.len();
    let mut file = BufReader::new(file);
    let (data_starts, header) = read_header(&mut file, length)?;
    let mut tensors = HashMap::new();
    for (name, info) in header.tensors() {
        if info.dtype != Dtype::F32 {
            continue;
        }
        let (from, to) = info.data_offsets;
        file.seek(SeekFrom::Start(data_starts + from as u64))?;
        let mut values = vec![0; to - from];
        file.read_exact(&mut values)
            .with_context(|| format!("read the values of {name}"))?;
        let tensor = Tensor::from_raw_buffer(&values, DType::F32, &info.shape, &Device::Cpu)?;
        tensors.insert(name, tensor);
    }
    Ok(tensors)
}

/// Where the data starts, and what lies there. Refuses a file shorter than its header promises.
fn read_header(file: &mut impl Read, file_length: u64) -> Result<(u64, Metadata)> {
    let mut prefix = [0; 8];
    file.read_exact(&mut prefix)
        .context("the file ends within its first 8 bytes")?;
    let header_length = u64::from_le_bytes(prefix);
    ensure!(
        header_length <= LARGEST_HEADER,
        "the file does not start with a header"
    );
    let mut header = Vec::new();
    file.take(header_length).read_to_end(&mut header)?;
    let header: Metadata = serde_json::from_slice(&header).context("read its header")?;
    let data_starts = 8 + header_length;
    let promised = data_starts + header.data_len() as u64;
    if file_length != promised {
        bail!("the file has {file_length} bytes, its header promises {promised}");
    }
    Ok((data_starts, header))
}
